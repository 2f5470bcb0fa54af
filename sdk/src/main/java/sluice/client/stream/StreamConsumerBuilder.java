package sluice.client.stream;

import java.time.Duration;
import java.util.Optional;
import sluice.client.link.GatewayAccess;
import sluice.client.link.LaneThread;
import sluice.client.link.LinkSettings;

/** Settings of a {@link StreamConsumer}; each default suits most applications. */
public final class StreamConsumerBuilder {

    private static final int WINDOW_BYTES_MIN = 64 << 10;

    private final GatewayAccess gateways;
    private final String group;
    private Optional<String> instance = Optional.empty();
    private RebalanceListener listener = new RebalanceListener() {};
    private boolean isAutoCommit;
    private Duration commitInterval = Duration.ofSeconds(1);
    private Duration commitTimeout = Duration.ofSeconds(30);
    private int bufferBytes = 8 << 20;
    private int recordsMax = 500;
    private int parallelism = 8;

    /** Not for applications: {@code SluiceClient.streamConsumer} makes one. */
    public StreamConsumerBuilder(GatewayAccess gateways, String group) {
        this.gateways = gateways;
        this.group = group;
    }

    /**
     * A name that is this process's alone, and the same after a restart: the partitions wait for it
     * for the group's session timeout, and an older process of the name is fenced. None unless told
     * otherwise: partitions go to others at once when this consumer ends.
     */
    public StreamConsumerBuilder instance(String name) {
        this.instance = Optional.of(name);
        return this;
    }

    /** Told of partitions that come and go. */
    public StreamConsumerBuilder listener(RebalanceListener listener) {
        this.listener = listener;
        return this;
    }

    /**
     * Commits by itself: at a poll, what the polls before it returned; while partitions are given
     * back; at the end. Off unless turned on here; {@link StreamConsumer#run} always commits what
     * was handled.
     */
    public StreamConsumerBuilder autoCommit(boolean on) {
        this.isAutoCommit = on;
        return this;
    }

    /** How often it commits by itself. 1 s; what is read again after a crash grows with it. */
    public StreamConsumerBuilder commitInterval(Duration interval) {
        this.commitInterval = positive("commitInterval", interval);
        return this;
    }

    /** How long a commit is waited for. 30 s. */
    public StreamConsumerBuilder commitTimeout(Duration timeout) {
        this.commitTimeout = positive("commitTimeout", timeout);
        return this;
    }

    /** Roughly the most that is buffered ahead of the application. 8 MiB, at least 64 KiB. */
    public StreamConsumerBuilder bufferBytes(int bytes) {
        if (bytes < WINDOW_BYTES_MIN) {
            throw new IllegalArgumentException(
                    "expected bufferBytes>=%d, found %d".formatted(WINDOW_BYTES_MIN, bytes));
        }
        this.bufferBytes = bytes;
        return this;
    }

    /** Most records that one poll returns. 500. */
    public StreamConsumerBuilder recordsMax(int records) {
        this.recordsMax = positive("recordsMax", records);
        return this;
    }

    /** Partitions that {@link StreamConsumer#run} handles at the same time. 8. */
    public StreamConsumerBuilder parallelism(int partitions) {
        this.parallelism = positive("parallelism", partitions);
        return this;
    }

    /** Makes the consumer, which joins the group at once; the caller closes it. */
    public StreamConsumer build() {
        LaneThread thread = gateways.lane("sluice-stream-" + group);
        LinkSettings link = gateways.settings(group);
        var session =
                new StreamSettings(
                        link.gateways(),
                        link.firstGateway(),
                        group,
                        instance,
                        gateways.label(),
                        bufferBytes,
                        link.dialTimeout(),
                        link.greetTimeout(),
                        link.retryFirst(),
                        link.retryMax());
        return new StreamConsumer(
                new StreamConsumer.Parts(
                        thread.lane(),
                        gateways.dialer(),
                        session,
                        thread::end,
                        listener,
                        isAutoCommit,
                        commitInterval,
                        commitTimeout,
                        recordsMax,
                        parallelism));
    }

    private static Duration positive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException("expected %s>0, found %s".formatted(name, value));
        }
        return value;
    }

    private static int positive(String name, int value) {
        if (value <= 0) {
            throw new IllegalArgumentException("expected %s>0, found %d".formatted(name, value));
        }
        return value;
    }
}
