package sluice.client.outbox;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import sluice.client.database.CrashingDatabase;

/** Several relays, their steps mixed by chance, on a database and a network that fail by chance. */
final class OutboxRandomRun implements CrashingDatabase.Faults {

    private static final int RELAYS = 3;

    private final OutboxWorld world;
    private final RandomGenerator random;
    private final List<Runnable> underWay = new ArrayList<>();
    private boolean faults = true;
    private int lateArrivals;

    OutboxRandomRun(OutboxWorld world, SplittableRandom random) {
        this.world = world;
        this.random = random;
    }

    int lateArrivals() {
        return lateArrivals;
    }

    void run(String[] keys) throws SQLException {
        var relays = new ArrayList<LaneTurn>();
        for (int i = 0; i < RELAYS; i++) {
            relays.add(newRelay());
        }
        for (int step = 0; step < 150; step++) {
            int what = random.nextInt(100);
            if (what < 10) {
                world.write(1 + random.nextInt(4), keys[random.nextInt(keys.length)]);
            } else if (what < 16) {
                world.endLeases();
            } else if (what < 20) {
                relays.set(random.nextInt(RELAYS), newRelay()); // The one before is dead.
            } else if (what < 26 && !underWay.isEmpty()) {
                underWay.remove(random.nextInt(underWay.size())).run();
            } else {
                relays.get(random.nextInt(RELAYS)).step();
            }
        }
        faults = false;
        world.endLeases();
        for (LaneTurn relay : relays) {
            for (int step = 0; step < 200; step++) {
                relay.step();
            }
        }
        underWay.forEach(Runnable::run);
    }

    private LaneTurn newRelay() {
        return world.relay(
                CrashingDatabase.of(world.database.dataSource(), this),
                new LossyLog(),
                random.nextInt(OutboxSchema.LANES));
    }

    @Override
    public void beforeCommit() throws SQLException {
        failAtTimes("not committed");
    }

    @Override
    public void afterCommit() throws SQLException {
        failAtTimes("committed, and nobody is told");
    }

    private void failAtTimes(String what) throws SQLException {
        if (faults && random.nextInt(25) == 0) {
            throw new SQLException(what);
        }
    }

    /** Requests and answers that are lost, and requests that arrive when nobody waits for them. */
    private final class LossyLog implements OutboxLog {
        @Override
        public long newProducerId() {
            if (faults && random.nextInt(10) == 0) {
                throw new IllegalStateException("no gateway answers");
            }
            return world.log.newProducerId();
        }

        @Override
        public int partitionCount(String topic) throws UnknownTopic {
            return world.log.partitionCount(topic);
        }

        @Override
        public CompletableFuture<Sent> append(FixedBatch batch, List<OutboxRow> rows) {
            Sent sent;
            int luck = faults ? random.nextInt(10) : 9;
            if (luck == 0) {
                sent = new Sent.Again("the request was lost");
            } else if (luck == 1) {
                world.log.take(batch, rows);
                sent = new Sent.Again("the answer was lost");
            } else if (luck == 2) {
                underWay.add(() -> {
                    lateArrivals++;
                    world.log.take(batch, rows);
                });
                sent = new Sent.Again("the request is late");
            } else {
                sent = world.log.take(batch, rows);
            }
            return CompletableFuture.completedFuture(sent);
        }
    }
}
