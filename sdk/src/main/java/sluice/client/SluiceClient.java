package sluice.client;

import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import javax.sql.DataSource;
import sluice.client.admin.Admin;
import sluice.client.exchange.Exchanges;
import sluice.client.http.ApiClient;
import sluice.client.http.Backoff;
import sluice.client.http.Gateways;
import sluice.client.http.HttpSender;
import sluice.client.http.JdkHttpSender;
import sluice.client.link.GatewayAccess;
import sluice.client.link.SharedLinks;
import sluice.client.outbox.OutboxRelayBuilder;
import sluice.client.produce.ProducerBuilder;
import sluice.client.queue.QueueConsumerBuilder;
import sluice.client.stream.StreamConsumerBuilder;
import sluice.client.time.Clock;
import sluice.client.time.SystemClock;
import sluice.client.time.ThreadTimer;

/**
 * A cluster as an application sees it. One for the whole application; used by any thread. What was
 * made of it is closed before it.
 */
public final class SluiceClient implements AutoCloseable {

    private static final Backoff BACKOFF =
            new Backoff(Duration.ofMillis(100), Duration.ofSeconds(5));

    private final Gateways gateways;
    private final String label;
    private final Duration connectTimeout;
    private final Duration callTimeout;
    private final HttpClient jdkHttp;
    private final HttpSender http;
    private final Clock clock = new SystemClock();

    /** For jitter alone, and used by many threads. */
    private final RandomGenerator random = new Random(clock.nowNs());

    private final ThreadTimer timer;
    private final SharedLinks shared;
    private final ApiClient api;

    SluiceClient(
            List<URI> gateways,
            String label,
            Duration connectTimeout,
            Duration requestTimeout,
            Duration callTimeout) {
        this.gateways = new Gateways(gateways, random.nextInt(gateways.size()));
        this.label = label;
        this.connectTimeout = connectTimeout;
        this.callTimeout = callTimeout;
        jdkHttp =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(connectTimeout)
                        .build();
        http = new JdkHttpSender(jdkHttp, label);
        timer = new ThreadTimer("sluice-timer");
        shared = new SharedLinks(jdkHttp, label, connectTimeout);
        api = new ApiClient(http, this.gateways, clock, timer, random, BACKOFF, requestTimeout);
    }

    /**
     * A consumer of a stream group, which exists already.
     *
     * @return a builder; the consumer is closed before this client
     */
    public StreamConsumerBuilder streamConsumer(String group) {
        return new StreamConsumerBuilder(access(), group);
    }

    /**
     * A consumer of a queue group, which exists already.
     *
     * @return a builder; the consumer is closed before this client
     */
    public QueueConsumerBuilder queueConsumer(String group) {
        return new QueueConsumerBuilder(access(), group);
    }

    private GatewayAccess access() {
        return new GatewayAccess(
                gateways.all(),
                random.nextInt(gateways.all().size()),
                label,
                jdkHttp,
                clock,
                timer,
                connectTimeout,
                shared);
    }

    /**
     * A relay that sends what waits in the outbox of a database.
     *
     * @param database with the tables of {@link sluice.client.outbox.OutboxSchema}
     * @return a builder; the relay is closed before this client
     */
    public OutboxRelayBuilder outboxRelay(DataSource database) {
        return new OutboxRelayBuilder(api, clock, label, database);
    }

    /** The gateways that were named. */
    public List<URI> gateways() {
        return gateways.all();
    }

    /** What gateways show of this client. */
    public String label() {
        return label;
    }

    /** Topics, groups and the cluster itself. */
    public Admin admin() {
        return new Admin(api, callTimeout);
    }

    /** Exchanges, their bindings, and publishing to them; one for the whole application. */
    public Exchanges exchanges() {
        return new Exchanges(api, callTimeout);
    }

    /** A producer, with settings of its own; the caller closes what is built. */
    public ProducerBuilder producer() {
        return new ProducerBuilder(api, http, gateways, clock, random);
    }

    /** Ends what is left of its threads; calls under way may end with an error or not at all. */
    @Override
    public void close() {
        shared.close();
        timer.close();
    }
}
