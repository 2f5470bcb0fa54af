package sluice.client.produce;

import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import sluice.client.batch.BatchBuilder;
import sluice.client.http.ApiClient;
import sluice.client.http.Backoff;
import sluice.client.http.Gateways;
import sluice.client.http.HttpSender;
import sluice.client.record.Compression;
import sluice.client.time.Clock;

/**
 * Settings of a {@link Producer}. The defaults lose nothing and write nothing twice; most
 * applications need no others.
 *
 * <pre>{@code
 * Producer producer =
 *         client.producer()
 *                 .compression(Compression.ZSTD)
 *                 .linger(Duration.ofMillis(20))
 *                 .build();
 * }</pre>
 */
public final class ProducerBuilder {

    private static final int BATCH_BYTES_MIN = 1;
    private static final int BATCH_BYTES_MAX = 8 << 20;
    private static final int REQUEST_BYTES = 1 << 20;

    /** A gateway remembers five batches of a producer in a partition, to know repetitions by. */
    private static final int REQUEST_BATCHES = 4;

    private static final Duration STALE_VIEW_AGE = Duration.ofMillis(500);
    private static final Backoff BACKOFF =
            new Backoff(Duration.ofMillis(50), Duration.ofSeconds(2));

    private final ApiClient api;
    private final HttpSender http;
    private final Gateways gateways;
    private final Clock clock;
    private final RandomGenerator random;

    private Acks acks = Acks.ALL;
    private @Nullable Boolean isIdempotent;
    private Compression compression = Compression.NONE;
    private Duration linger = Duration.ofMillis(5);
    private int batchBytes = 64 * 1024;
    private long heldBytesMax = 32L << 20;
    private Duration maxBlock = Duration.ofSeconds(60);
    private Duration deliveryTimeout = Duration.ofMinutes(2);
    private Duration requestTimeout = Duration.ofSeconds(15);
    private int requestsPerGateway = 4;
    private Duration descriptionAge = Duration.ofSeconds(60);

    /** Called by {@code SluiceClient.producer()}. */
    public ProducerBuilder(
            ApiClient api,
            HttpSender http,
            Gateways gateways,
            Clock clock,
            RandomGenerator random) {
        this.api = api;
        this.http = http;
        this.gateways = gateways;
        this.clock = clock;
        this.random = random;
    }

    /** When a record counts as written. {@link Acks#ALL} unless told otherwise. */
    public ProducerBuilder acks(Acks acks) {
        this.acks = acks;
        return this;
    }

    /**
     * Whether batches have a place in a sequence, so that the log takes each once. True with {@link
     * Acks#ALL}, and only possible with it. Without, a batch whose answer is lost is not sent again
     * and fails as unknown.
     */
    public ProducerBuilder idempotent(boolean isIdempotent) {
        this.isIdempotent = isIdempotent;
        return this;
    }

    /** How batches are compressed: by the producer, whole, and read by consumers. None. */
    public ProducerBuilder compression(Compression compression) {
        this.compression = compression;
        return this;
    }

    /**
     * How long the first record of a batch waits for others. Longer means fewer, larger batches;
     * zero sends at once. 5 ms.
     */
    public ProducerBuilder linger(Duration linger) {
        this.linger = notNegative("linger", linger);
        return this;
    }

    /** A batch is sent when it has so many bytes, before compression. 64 KiB. */
    public ProducerBuilder batchBytes(int bytes) {
        if (bytes < BATCH_BYTES_MIN || bytes > BATCH_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "expected batchBytes=%d to %d, found %d"
                            .formatted(BATCH_BYTES_MIN, BATCH_BYTES_MAX, bytes));
        }
        this.batchBytes = bytes;
        return this;
    }

    /**
     * Records that are not written yet are held up to so many bytes; then {@code send} waits. A
     * single larger record is taken when nothing else is held. 32 MiB.
     */
    public ProducerBuilder heldBytesMax(long bytes) {
        if (bytes <= 0) {
            throw new IllegalArgumentException("expected heldBytesMax>0, found " + bytes);
        }
        this.heldBytesMax = bytes;
        return this;
    }

    /** How long {@code send} waits for room, or for the description of a topic. 60 s. */
    public ProducerBuilder maxBlock(Duration maxBlock) {
        this.maxBlock = notNegative("maxBlock", maxBlock);
        return this;
    }

    /**
     * A record that is not written after so long, lingering and all retries included, fails. 2 min.
     */
    public ProducerBuilder deliveryTimeout(Duration timeout) {
        this.deliveryTimeout = positive("deliveryTimeout", timeout);
        return this;
    }

    /** A gateway that takes longer for a request is taken for hung, and another is tried. 15 s. */
    public ProducerBuilder requestTimeout(Duration timeout) {
        this.requestTimeout = positive("requestTimeout", timeout);
        return this;
    }

    /**
     * Requests under way to one gateway at a time; of a partition there is only one in any case. 4.
     */
    public ProducerBuilder requestsPerGateway(int requests) {
        if (requests < 1) {
            throw new IllegalArgumentException("expected requestsPerGateway>0, found " + requests);
        }
        this.requestsPerGateway = requests;
        return this;
    }

    /**
     * New partitions and owners are looked for so often; and at once when something failed. Till
     * then gateways pass on what is not theirs. 60 s.
     */
    public ProducerBuilder descriptionAge(Duration age) {
        this.descriptionAge = positive("descriptionAge", age);
        return this;
    }

    /**
     * Makes the producer; nothing is sent before the first record.
     *
     * @throws IllegalArgumentException if the settings contradict each other
     * @throws sluice.client.error.MissingLibraryException if the compression's library is missing
     */
    public Producer build() {
        Boolean wanted = isIdempotent;
        var settings =
                new ProducerSettings(
                        acks,
                        wanted == null ? acks == Acks.ALL : wanted,
                        compression,
                        linger,
                        batchBytes,
                        heldBytesMax,
                        maxBlock,
                        deliveryTimeout,
                        requestTimeout,
                        REQUEST_BYTES,
                        REQUEST_BATCHES,
                        requestsPerGateway,
                        descriptionAge,
                        STALE_VIEW_AGE,
                        BACKOFF);
        BatchBuilder.require(compression);
        var cluster = new HttpCluster(api, http, gateways, settings);
        return new Producer("sluice-producer", settings, cluster, gateways, clock, random).start();
    }

    private static Duration notNegative(String name, Duration value) {
        if (value.isNegative()) {
            throw new IllegalArgumentException("expected %s>=0, found %s".formatted(name, value));
        }
        return value;
    }

    private static Duration positive(String name, Duration value) {
        if (value.isZero()) {
            throw new IllegalArgumentException("expected %s>0, found %s".formatted(name, value));
        }
        return notNegative(name, value);
    }
}
