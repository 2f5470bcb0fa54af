package sluice.bench.groups;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import sluice.bench.churn.GroupApi;
import sluice.bench.churn.KafkaGroupApi;
import sluice.bench.churn.SluiceGroupApi;
import sluice.bench.system.KafkaSystem;
import sluice.bench.system.MessagingSystem;
import sluice.bench.system.SluiceSystem;
import sluice.bench.system.SluiceSystem.ClientKind;

/** What is measured, and how it is set. */
enum MeasuredSystem {
    SLUICE("session timeout 8 s (its default)", Duration.ofSeconds(8), Map.of(), Map.of()),

    /** The protocol of all Kafka versions, with the assignor that it always had. */
    KAFKA_EAGER(
            "classic protocol, RangeAssignor; session timeout 45 s, heartbeat 3 s (its defaults)",
            Duration.ofSeconds(45),
            Map.of(),
            Map.of("group.protocol", "classic", "partition.assignment.strategy", Kafka.RANGE)),
    KAFKA_EAGER_6S(
            "classic protocol, RangeAssignor; session timeout 6 s (the shortest that brokers allow"
                    + " by default), heartbeat 2 s",
            Duration.ofSeconds(6),
            Map.of(),
            Map.of(
                    "group.protocol",
                    "classic",
                    "partition.assignment.strategy",
                    Kafka.RANGE,
                    "session.timeout.ms",
                    "6000",
                    "heartbeat.interval.ms",
                    "2000")),

    /** KIP-848: assigned by the coordinator, taken up one by one. */
    KAFKA_NEW(
            "group.protocol=consumer; session timeout 45 s, heartbeat 5 s (its defaults)",
            Duration.ofSeconds(45),
            Map.of(),
            Map.of("group.protocol", "consumer")),
    KAFKA_NEW_6S(
            "group.protocol=consumer; session timeout 6 s, heartbeat 2 s (below the brokers'"
                    + " default bounds, which were lowered)",
            Duration.ofSeconds(6),
            Map.of(
                    "group.consumer.min.session.timeout.ms",
                    "6000",
                    "group.consumer.session.timeout.ms",
                    "6000",
                    "group.consumer.min.heartbeat.interval.ms",
                    "2000",
                    "group.consumer.heartbeat.interval.ms",
                    "2000"),
            Map.of("group.protocol", "consumer"));

    private static final class Kafka {
        static final String RANGE = "org.apache.kafka.clients.consumer.RangeAssignor";
    }

    private final String about;
    private final Duration sessionTimeout;
    private final Map<String, String> nodeSettings;
    private final Map<String, String> memberSettings;

    MeasuredSystem(
            String about,
            Duration sessionTimeout,
            Map<String, String> nodeSettings,
            Map<String, String> memberSettings) {
        this.about = about;
        this.sessionTimeout = sessionTimeout;
        this.nodeSettings = nodeSettings;
        this.memberSettings = memberSettings;
    }

    /** As options and tables have it. */
    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    String about() {
        return about;
    }

    boolean isKafka() {
        return this != SLUICE;
    }

    /** Not started yet. */
    MessagingSystem make(GroupsSettings settings, Path folder) throws IOException {
        return isKafka()
                ? new KafkaSystem(word(), settings.kafka(), folder, settings.heap(), nodeSettings)
                : new SluiceSystem(
                        settings.root(),
                        folder,
                        settings.heap(),
                        List.of("-XX:+UseSerialGC"),
                        ClientKind.SDK);
    }

    /**
     * @param system that {@link #make} made, started
     */
    GroupApi api(MessagingSystem system) {
        return switch (system) {
            case SluiceSystem sluice -> new SluiceGroupApi(sluice.gateways(), sessionTimeout);
            case KafkaSystem kafka ->
                    new KafkaGroupApi(kafka.bootstrap(), sessionTimeout, memberSettings);
            default -> throw new IllegalArgumentException("no groups: " + system.name());
        };
    }
}
