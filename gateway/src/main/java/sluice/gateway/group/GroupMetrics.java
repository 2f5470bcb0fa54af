package sluice.gateway.group;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Startup;
import jakarta.inject.Singleton;
import java.util.concurrent.atomic.AtomicInteger;

/** What went out to members of groups, and came back. Refusals are counted where they are told. */
@Startup
@Singleton
final class GroupMetrics {

    private final AtomicInteger members = new AtomicInteger();
    private final AtomicInteger sessions = new AtomicInteger();
    private final Counter records;
    private final Counter bytes;
    private final Counter commits;
    private final Counter settlements;

    GroupMetrics(MeterRegistry metrics) {
        Gauge.builder("sluice.group.members", members, AtomicInteger::get)
                .description("Members of groups that are connected here")
                .register(metrics);
        Gauge.builder("sluice.group.sessions", sessions, AtomicInteger::get)
                .description("Sessions of queue groups that are connected here")
                .register(metrics);
        records =
                Counter.builder("sluice.group.records")
                        .description("Records delivered to members of groups")
                        .register(metrics);
        bytes =
                Counter.builder("sluice.group.bytes")
                        .description("Bytes of the batches delivered to members of groups")
                        .register(metrics);
        commits =
                Counter.builder("sluice.group.commits")
                        .description("Commits of offsets that were answered as durable")
                        .register(metrics);
        settlements =
                Counter.builder("sluice.group.settlements")
                        .description("Settlements of messages that were answered on streams")
                        .register(metrics);
    }

    void joined() {
        members.incrementAndGet();
    }

    void gone() {
        members.decrementAndGet();
    }

    /** Connected members. */
    int members() {
        return members.get();
    }

    void delivered(long recordCount, long batchBytes) {
        records.increment(recordCount);
        bytes.increment(batchBytes);
    }

    void committed() {
        commits.increment();
    }

    void sessionOpened() {
        sessions.incrementAndGet();
    }

    void sessionGone() {
        sessions.decrementAndGet();
    }

    void settled(int settlementCount) {
        settlements.increment(settlementCount);
    }
}
