package sluice.client.stream;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import sluice.client.link.SessionLane;
import sluice.client.link.StreamDialer;
import sluice.client.link.VirtualLane;
import sluice.log.lane.Lane;

/** Gateways that speak the stream protocol, on one lane; and the ways in which they fail. */
final class FakeCluster implements StreamDialer {

    static final List<URI> GATEWAYS =
            List.of(
                    URI.create("http://g1:1"),
                    URI.create("http://g2:1"),
                    URI.create("http://g3:1"));

    final Lane lane;
    final FakeGroup group;
    final List<FakeStream> streams = new ArrayList<>();
    private final RandomGenerator random;
    private final Set<URI> down = new HashSet<>();

    /** True: a connection that ends does not end its member, as if it were a static one. */
    boolean keepsMembers = true;

    /** Of a hundred commits, so many are carried out and not answered. */
    int answersLost;

    /** Of a hundred commits, so many find no coordinator. */
    int coordinatorDown;

    FakeCluster(Lane lane, FakeGroup group, RandomGenerator random) {
        this.lane = lane;
        this.group = group;
        this.random = random;
    }

    long delayNs() {
        return random.nextInt(100_000, 3_000_000);
    }

    boolean losesAnswer() {
        return random.nextInt(100) < answersLost;
    }

    boolean isCoordinatorDown() {
        return random.nextInt(100) < coordinatorDown;
    }

    void stop(URI gateway) {
        down.add(gateway);
    }

    void start(URI gateway) {
        down.remove(gateway);
    }

    FakeStream newest() {
        return streams.get(streams.size() - 1);
    }

    List<FakeStream> open() {
        return streams.stream().filter(FakeStream::isOpen).toList();
    }

    @Override
    public void dial(URI gateway, String name, Listener listener) {
        lane.schedule(
                Duration.ofNanos(delayNs()),
                () -> {
                    if (down.contains(gateway)) {
                        listener.refused(0, "no connection");
                    } else {
                        var stream = new FakeStream(this, group, listener);
                        streams.add(stream);
                        listener.opened(stream);
                    }
                });
    }

    /** A client's lane in the same time. */
    static SessionLane clientLane(Lane lane) {
        return VirtualLane.of(lane);
    }

    /** Settings of a client that asks this gateway first. */
    static StreamSettings settings(int firstGateway, long windowBytes) {
        StreamSettings some = StreamSettings.of(GATEWAYS, firstGateway, "billing", "test");
        return new StreamSettings(
                some.gateways(),
                some.firstGateway(),
                some.group(),
                some.instance(),
                some.client(),
                windowBytes,
                some.dialTimeout(),
                some.joinTimeout(),
                some.retryFirst(),
                some.retryMax());
    }
}
