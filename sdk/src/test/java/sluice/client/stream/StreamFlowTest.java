package sluice.client.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import sluice.client.error.SluiceApiException;

/** How far a session reads ahead, where it goes on, and whom a slow reader holds up: nobody. */
class StreamFlowTest extends SessionWorld {

    @Test
    void aSeekGoesThereWhateverIsUnderWay() {
        append(10);
        var application = application(0);
        until(() -> application.records.size() == 40);
        for (int i = 0; i < 50; i++) {
            group.append(0, 3);
        }
        application.seek(FIRST, 4);
        until(() -> application.offsets(0).size() == 10 + 6 + 150);

        assertEquals(4, application.offsets(0).get(10));
        application.seek(FIRST, 100);
        until(() -> application.offsets(0).size() == 166 + 60);
        assertEquals(100, application.offsets(0).get(166));
    }

    @Test
    void aPausedPartitionHoldsUpNoOther() {
        var application = application(0, 64 << 10);
        until(() -> application.assigned.size() == 4);
        application.session.partitions().pause(Set.of(FIRST));
        for (int i = 0; i < 200; i++) {
            append(20);
        }
        until(() -> application.records.size() == 3 * 4000);
        time.runFor(Duration.ofSeconds(5));
        assertEquals(List.of(), application.offsets(0));

        application.session.partitions().resume(Set.of(FIRST));
        until(() -> application.offsets(0).size() == 4000);
    }

    @Test
    void aPartitionWhoseReaderIsSlowHoldsUpNoOther() {
        var lane = FakeCluster.clientLane(process.lane("slow"));
        var application = new FakeApplication(cluster, lane, FakeCluster.settings(0, 64 << 10));
        var others = new ArrayList<ConsumerRecord>();
        until(() -> application.session.isHeard());
        until(() -> {
            application.session.partitions().changes();
            return application.session.partitions().assignment().size() == 4;
        });
        for (int i = 0; i < 500; i++) {
            group.append(0, 20); // Alone at first, so that it could take all the room.
        }
        time.runFor(Duration.ofSeconds(5));
        for (int i = 0; i < 100; i++) {
            append(20);
        }
        until(() -> {
            application
                    .session
                    .partitions()
                    .take(100, FIRST::equals)
                    .forEach(chunk -> others.addAll(chunk.records()));
            return others.size() == 3 * 2000;
        });
        var first = new ArrayList<ConsumerRecord>();
        until(() -> {
            application
                    .session
                    .partitions()
                    .take(100, partition -> false)
                    .forEach(chunk -> first.addAll(chunk.records()));
            return first.size() == 12_000;
        });
        assertEquals(upTo(12_000), first.stream().map(ConsumerRecord::offset).toList());
    }

    @Test
    void noMoreIsUnderWayThanTheWindow() {
        var application = application(0, 64 << 10);
        until(() -> application.assigned.size() == 4);
        application.failure = new IllegalStateException("asks no more");
        for (int i = 0; i < 1000; i++) {
            append(20);
        }
        time.runFor(Duration.ofSeconds(20));
        long buffered = application.session.partitions().bufferedBytes();
        assertTrue(buffered > 0 && buffered < 2 * (64 << 10), "buffered=" + buffered);
    }

    @Test
    void retentionMovesThePlaceOn() {
        append(10);
        var application = application(0);
        until(() -> application.records.size() == 40);
        var session = application.session;
        var hold = Objects.requireNonNull(session.partitions().known(FIRST));
        session.partitions().skipped(FIRST, 10, 25);

        assertEquals(25, hold.position());
        session.partitions().skipped(FIRST, 5, 7);
        assertEquals(25, hold.position(), "it was behind that already");
    }

    @Test
    void aPartitionThatCannotBeReadOnIsToldBehindItsRecordsAndOnce() {
        var lane = FakeCluster.clientLane(process.lane("stopped"));
        var application = new FakeApplication(cluster, lane, FakeCluster.settings(0, 1 << 20));
        until(() -> {
            if (application.assigned.isEmpty()) {
                application.ask(100);
            }
            return application.assigned.size() == 4;
        });
        group.append(0, 5);
        until(() -> application.session.partitions().bufferedBytes() > 0);
        cluster.newest()
                .tellClient(
                        "{'type':'error','topic':'orders','partition':0,'offset':5,'code':'corrupt-batch','status':500,'title':'t','detail':'d'}");
        time.runFor(Duration.ofSeconds(1));

        application.ask(100);
        assertEquals(upTo(5), application.offsets(0));
        application.ask(100);
        assertEquals(
                "corrupt-batch",
                assertInstanceOf(SluiceApiException.class, application.failure).code());
        application.failure = null;
        group.append(0, 5);
        application.ask(100);
        time.runFor(Duration.ofSeconds(1));
        assertNull(application.failure, "told once");
        assertEquals(upTo(5), application.offsets(0));
        application.seek(FIRST, 7);
        until(() -> application.offsets(0).equals(List.of(0L, 1L, 2L, 3L, 4L, 7L, 8L, 9L)));
    }

    @Test
    void aPartitionThatWasHeldBackAndIsKeptAfterAllIsReadOn() {
        var lane = FakeCluster.clientLane(process.lane("kept"));
        var application = new FakeApplication(cluster, lane, FakeCluster.settings(0, 64 << 10));
        application.releasesAtOnce = false;
        until(() -> {
            if (application.assigned.isEmpty()) {
                application.ask(100);
            }
            return application.assigned.size() == 4;
        });
        for (int i = 0; i < 200; i++) {
            append(20);
        }
        time.runFor(Duration.ofSeconds(5));
        var other = application(1);
        until(() -> {
            application.ask(1);
            return application.assigned.size() == 2;
        });
        other.session.leave(() -> {});
        until(() -> {
            application.ask(1000);
            return application.records.size() == 4 * 4000;
        });
    }
}
