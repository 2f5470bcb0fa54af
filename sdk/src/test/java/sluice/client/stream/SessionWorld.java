package sluice.client.stream;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;
import sluice.client.link.SessionLane;
import sluice.client.record.TopicPartition;
import sluice.log.lane.VirtualTime;

/** One group, its gateways and the applications of one process, in virtual time. */
abstract class SessionWorld {

    static final TopicPartition FIRST = new TopicPartition(FakeGroup.TOPIC, 0);

    final VirtualTime time = new VirtualTime(1);
    final FakeGroup group = new FakeGroup(4);
    final FakeCluster cluster =
            new FakeCluster(time.scope("gateways").lane("gateways"), group, time.random());
    final VirtualTime.Scope process = time.scope("client");

    FakeApplication application(int firstGateway) {
        return application(firstGateway, 1 << 20);
    }

    FakeApplication application(int firstGateway, long windowBytes) {
        var lane = FakeCluster.clientLane(process.lane("session" + firstGateway));
        var application =
                new FakeApplication(cluster, lane, FakeCluster.settings(firstGateway, windowBytes));
        askOn(application, lane);
        return application;
    }

    void askOn(FakeApplication application, SessionLane lane) {
        application.ask(100);
        lane.after(Duration.ofMillis(10), () -> askOn(application, lane));
    }

    void until(BooleanSupplier condition) {
        assertTrue(time.runUntil(condition, Duration.ofSeconds(60)), "within a minute");
    }

    void append(int recordsOfEach) {
        for (int partition = 0; partition < 4; partition++) {
            group.append(partition, recordsOfEach);
        }
    }

    static List<Long> upTo(long end) {
        return LongStream.range(0, end).boxed().toList();
    }
}
