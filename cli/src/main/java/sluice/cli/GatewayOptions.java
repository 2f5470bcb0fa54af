package sluice.cli;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;
import sluice.cli.http.Backoff;
import sluice.cli.http.GatewayClient;
import sluice.cli.http.RetryListener;
import sluice.cli.http.Time;

/** Which gateways to call, and for how long. */
final class GatewayOptions {

    private static final Duration BACKOFF_FIRST = Duration.ofMillis(50);
    private static final Duration BACKOFF_MAX = Duration.ofSeconds(2);

    @Option(
            names = "--gateway",
            paramLabel = "URL",
            split = ",",
            converter = Address.class,
            defaultValue = "${env:SLUICE_GATEWAY:-http://localhost:8080}",
            description = {
                "A gateway; several by commas or by repetition. When one does not answer, the next"
                        + " is asked.",
                "Default: $SLUICE_GATEWAY, else http://localhost:8080"
            })
    private List<URI> gateways = new ArrayList<>();

    @Option(
            names = "--timeout",
            paramLabel = "SPAN",
            converter = Units.Span.class,
            description = {
                "How long to go on trying while no gateway can serve, such as 30s or 5m.",
                "Default: 2m for produce and consume, else 10s"
            })
    private @Nullable Duration timeout;

    /** The caller closes it. */
    GatewayClient client(RetryListener retries) {
        return new GatewayClient(
                gateways,
                Time.system(),
                new Backoff(BACKOFF_FIRST, BACKOFF_MAX, new SplittableRandom()),
                retries);
    }

    /** The addresses, as the SDK takes them. */
    String addresses() {
        return gateways.stream().map(URI::toString).collect(Collectors.joining(","));
    }

    Duration timeout(Duration otherwise) {
        return timeout == null ? otherwise : timeout;
    }

    /** {@code localhost:8080} is as good as {@code http://localhost:8080/}. */
    static final class Address implements ITypeConverter<URI> {
        @Override
        public URI convert(String text) {
            String address = text.strip();
            if (!address.contains("://")) {
                address = "http://" + address;
            }
            while (address.endsWith("/")) {
                address = address.substring(0, address.length() - 1);
            }
            try {
                URI uri = URI.create(address);
                boolean isHttp = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
                if (isHttp && uri.getHost() != null && uri.getQuery() == null) {
                    return uri;
                }
            } catch (IllegalArgumentException notAnAddress) {
                // Told below.
            }
            throw new TypeConversionException(
                    "expected the address of a gateway such as http://localhost:8080, found '"
                            + text
                            + "'");
        }
    }
}
