package sluice.client.stream;

import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import sluice.client.time.Clock;
import sluice.client.time.Timer;

/** Settings of a {@link StreamConsumer}; each default suits most applications. */
public final class StreamConsumerBuilder {

    private static final int WINDOW_BYTES_MIN = 64 << 10;

    private final Cluster cluster;
    private final String group;
    private Optional<String> instance = Optional.empty();
    private RebalanceListener listener = new RebalanceListener() {};
    private boolean isAutoCommit;
    private Duration commitInterval = Duration.ofSeconds(1);
    private Duration commitTimeout = Duration.ofSeconds(30);
    private int bufferBytes = 8 << 20;
    private int recordsMax = 500;
    private int parallelism = 8;

    /**
     * What consumers of one client share.
     *
     * @param label what gateways show of the client
     */
    public record Cluster(
            List<URI> gateways,
            int firstGateway,
            String label,
            HttpClient http,
            Clock clock,
            Timer timer,
            Duration dialTimeout) {
        public Cluster {
            gateways = List.copyOf(gateways);
        }
    }

    /** Not for applications: {@code SluiceClient.streamConsumer} makes one. */
    public StreamConsumerBuilder(Cluster cluster, String group) {
        this.cluster = cluster;
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
        ExecutorService thread =
                Executors.newSingleThreadExecutor(task -> {
                    var lane = new Thread(task, "sluice-stream-" + group);
                    lane.setDaemon(true);
                    return lane;
                });
        var lane =
                new SessionLane(
                        task -> {
                            try {
                                thread.execute(task);
                            } catch (RejectedExecutionException closed) {
                                // A timer or a socket that outlives the consumer.
                            }
                        },
                        cluster.clock(),
                        cluster.timer());
        var session =
                new StreamSettings(
                        cluster.gateways(),
                        cluster.firstGateway(),
                        group,
                        instance,
                        cluster.label(),
                        bufferBytes,
                        cluster.dialTimeout(),
                        Duration.ofSeconds(15),
                        Duration.ofMillis(100),
                        Duration.ofSeconds(3));
        var dialer = new JdkStreamDialer(cluster.http(), cluster.label(), cluster.dialTimeout());
        return new StreamConsumer(
                new StreamConsumer.Parts(
                        lane,
                        dialer,
                        session,
                        thread::shutdown,
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
