package sluice.client;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import sluice.client.http.Gateways;

/** Settings of a {@link SluiceClient}. */
public final class SluiceClientBuilder {

    private static final int LABEL_CHARS_MAX = 255;

    private final List<URI> gateways;
    private String label = "sluice-java";
    private Duration connectTimeout = Duration.ofSeconds(3);
    private Duration requestTimeout = Duration.ofSeconds(30);
    private Duration callTimeout = Duration.ofSeconds(60);

    SluiceClientBuilder(String gateways) {
        this.gateways = Gateways.parse(gateways);
    }

    /**
     * What gateways show of this client, among the members of a group for one: 1 to 255 visible
     * ASCII characters. {@code sluice-java} unless told otherwise.
     */
    public SluiceClientBuilder label(String label) {
        boolean isVisible = label.chars().allMatch(each -> each > ' ' && each < 0x7F);
        if (label.isEmpty() || label.length() > LABEL_CHARS_MAX || !isVisible) {
            throw new IllegalArgumentException(
                    "not a label: \"%s\"; expected 1 to %d visible ASCII characters"
                            .formatted(label, LABEL_CHARS_MAX));
        }
        this.label = label;
        return this;
    }

    /** How long a connection may take to come about; then the next gateway is tried. 3 s. */
    public SluiceClientBuilder connectTimeout(Duration timeout) {
        this.connectTimeout = positive("connectTimeout", timeout);
        return this;
    }

    /** A gateway that takes longer for one request is taken for hung. 30 s. */
    public SluiceClientBuilder requestTimeout(Duration timeout) {
        this.requestTimeout = positive("requestTimeout", timeout);
        return this;
    }

    /**
     * How long a call, such as one of the administration, is repeated before it fails. Records have
     * a time of their own: the producer's delivery timeout. 60 s.
     */
    public SluiceClientBuilder callTimeout(Duration timeout) {
        this.callTimeout = positive("callTimeout", timeout);
        return this;
    }

    /** Makes the client; nothing is sent yet. */
    public SluiceClient build() {
        return new SluiceClient(gateways, label, connectTimeout, requestTimeout, callTimeout);
    }

    private static Duration positive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException("expected %s>0, found %s".formatted(name, value));
        }
        return value;
    }
}
