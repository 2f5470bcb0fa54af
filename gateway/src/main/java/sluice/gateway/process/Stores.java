package sluice.gateway.process;

import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.gateway.GatewayConfig;
import sluice.log.SluiceException;
import sluice.log.lane.Clock;
import sluice.metadata.ClusterRecord;
import sluice.metadata.ClusterStore;
import sluice.metadata.Items;
import sluice.metadata.Pause;
import sluice.metadata.StoreProbe;
import sluice.metadata.dynamodb.DynamoDbConfig;
import sluice.metadata.dynamodb.DynamoDbItemStore;
import sluice.uploader.LifecycleRules;
import sluice.uploader.ObjectStoreProbe;
import sluice.uploader.s3.S3Config;
import sluice.uploader.s3.S3ObjectStore;

/**
 * Metadata store and object store of the cluster, probed: a gateway does not run on one that breaks
 * a promise. A store that cannot be reached yet is waited for.
 */
final class Stores implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Stores.class);
    private static final Duration RETRY = Duration.ofMillis(250);
    private static final Duration WAIT_MAX = Duration.ofMinutes(2);

    private final Closer closer = new Closer();
    private final Clock clock;
    private final Pause pause;
    private final Executor executor;
    private final DynamoDbItemStore items;
    private final S3ObjectStore objects;

    /**
     * @param executor runs what is done for one store while the same is done for the other, since
     *     both take most of a gateway's start; may block
     */
    Stores(GatewayConfig config, Clock clock, Pause pause, Executor executor) {
        this.clock = clock;
        this.pause = pause;
        this.executor = executor;
        var opening =
                CompletableFuture.supplyAsync(() -> new S3ObjectStore(s3(config.s3())), executor);
        try {
            items = closer.own(DynamoDbItemStore.open(dynamoDb(config.dynamodb())));
        } catch (RuntimeException e) {
            var unused = opening.thenAccept(S3ObjectStore::close);
            throw e;
        }
        objects = closer.own(joined(opening));
    }

    private static <T> T joined(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    /** Does both side by side, and ends when both have ended. */
    private void together(Runnable one, Runnable other) {
        var aside = CompletableFuture.runAsync(other, executor);
        try {
            one.run();
        } catch (RuntimeException e) {
            var unused = aside.handle((_, _) -> "ended").join();
            throw e;
        }
        joined(aside);
    }

    private static DynamoDbConfig dynamoDb(GatewayConfig.Dynamodb config) {
        return new DynamoDbConfig(
                config.endpoint(),
                config.region(),
                config.tablePrefix(),
                both(config.accessKey(), config.secretKey(), DynamoDbConfig.Credentials::new));
    }

    private static S3Config s3(GatewayConfig.S3 config) {
        return new S3Config(
                config.endpoint(),
                config.region(),
                config.bucket(),
                config.pathStyle(),
                both(config.accessKey(), config.secretKey(), S3Config.Credentials::new),
                config.endpoint().isEmpty());
    }

    private static <T> Optional<T> both(
            Optional<String> access,
            Optional<String> secret,
            java.util.function.BiFunction<String, String, T> make) {
        return access.flatMap(key -> secret.map(word -> make.apply(key, word)));
    }

    /** Makes what is missing; for development alone. */
    void create() {
        together(
                () -> patiently("create tables", items::createTables),
                () ->
                        patiently(
                                "create bucket",
                                () -> {
                                    objects.ensureBucket();
                                    LifecycleRules.apply(objects.lifecycle());
                                }));
    }

    /**
     * @throws SluiceException INVALID if a store breaks a promise that Sluice rests on
     */
    void probe(String name, RandomGenerator random) {
        together(
                () ->
                        patiently(
                                "probe the metadata store",
                                () -> new StoreProbe(items, executor, name).check()),
                () ->
                        patiently(
                                "probe the object store",
                                () ->
                                        new ObjectStoreProbe(objects, objects.lifecycle(), random)
                                                .run()));
    }

    /** The cluster as its metadata names it; made if it is new. */
    ClusterRecord cluster(Items present, UUID idIfNew, int slotsIfNew) {
        return patiently(
                "read the cluster's record",
                () ->
                        new ClusterStore(present)
                                .openOrCreate(new ClusterRecord(idIfNew, slotsIfNew)));
    }

    private void patiently(String what, Runnable work) {
        var unused =
                patiently(
                        what,
                        () -> {
                            work.run();
                            return what;
                        });
    }

    private <T> T patiently(String what, Supplier<T> work) {
        long deadlineNs = clock.nowNs() + WAIT_MAX.toNanos();
        while (true) {
            try {
                return work.get();
            } catch (SluiceException e) {
                boolean isPassing =
                        e.kind() == SluiceException.Kind.UNAVAILABLE
                                || e.kind() == SluiceException.Kind.UNKNOWN_OUTCOME;
                if (!isPassing || clock.nowNs() - deadlineNs > 0) {
                    throw e;
                }
                LOG.atDebug().addKeyValue("step", what).setCause(e).log("store not ready yet");
                pause.pause(RETRY);
            }
        }
    }

    DynamoDbItemStore items() {
        return items;
    }

    S3ObjectStore objects() {
        return objects;
    }

    @Override
    public void close() {
        closer.close();
    }
}
