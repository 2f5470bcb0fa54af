package sluice.log.wal.protocol;

import java.time.Duration;

/** One world from its beginning to the end, the same for the same seed. */
final class WalRun {

    private static final int STEPS_MAX = 120;
    private static final Duration QUIET = Duration.ofSeconds(1);

    /** So long that a recovery is over before its end. */
    private static final Duration SLEEP = Duration.ofSeconds(2);

    private final WalWorld world;
    private final Faults faults;
    private final long seed;

    WalRun(long seed, Breakage breakage) {
        this.seed = seed;
        this.world = new WalWorld(seed, breakage);
        this.faults = new Faults(world);
    }

    /** Runs the world; what is wrong is thrown as an {@link AssertionError} that names the seed. */
    Coverage run() {
        try {
            live();
            if (seed % 3 == 0) {
                faultsEndAndTheOwnerGoesOn();
            }
            recover();
            theOwnerWakesAfterItAll();
        } catch (RuntimeException e) {
            throw new AssertionError("seed=" + seed + " breakage=" + world.breakage, e);
        }
        return world.coverage;
    }

    long traceHash() {
        return world.time.traceHash();
    }

    private void live() {
        int steps = 10 + world.dice.nextInt(STEPS_MAX);
        for (int step = 0; step < steps && world.ownerLives(); step++) {
            step();
            int what = world.dice.nextInt(240);
            if (what == 0) {
                world.ownerNode().crash();
            } else if (what == 1) {
                world.startRecoverer();
            } else if (what < 8) {
                world.ownerNode().lane().execute(world.owner()::roll);
            }
        }
    }

    private void step() {
        if (world.dice.nextInt(3) > 0) {
            world.append(1 + world.dice.nextInt(5));
        }
        if (world.dice.nextInt(3) == 0) {
            faults.happen();
        }
        world.time.runFor(Duration.ofNanos(world.dice.nextLong(4_000_000)));
        if (world.dice.nextInt(8) == 0) {
            world.checkCopies();
        }
    }

    private void faultsEndAndTheOwnerGoesOn() {
        for (int round = 0; round < 5; round++) {
            world.restartAll(); // Again, for faults of disks lie in wait until the next sync.
            world.time.runFor(QUIET);
        }
        boolean must = world.ownerLives() && world.chain.phase() == WalChain.Phase.OPEN;
        world.ledger.check(
                !must || world.owner().isDone(),
                "faults ended and the owner does not commit: " + world.owner());
    }

    private void recover() {
        switch (world.dice.nextInt(4)) {
            case 0 -> world.ownerNode().crash();
            case 1 -> {} // A wrong suspicion: it goes on.
            default -> putTheOwnerToSleep();
        }
        if (world.everyCopyIsAsked()) {
            faults.loseTheEndOfACopy(world.anyNode());
        } else {
            faults.loseDisk(world.anyNode());
        }
        world.startRecoverer();
        for (int step = 0; step < STEPS_MAX / 4 && !world.ledger.isSealed(); step++) {
            step();
            if (world.dice.nextInt(20) == 0) {
                world.startRecoverer();
            }
        }
        long endNs = world.time.nowNs() + Duration.ofSeconds(20).toNanos();
        while (!world.ledger.isSealed() && world.time.nowNs() < endNs) {
            world.restartAll();
            if (!world.recoveryIsUnderWay()) {
                world.startRecoverer();
            }
            world.time.runUntil(world.ledger::isSealed, Duration.ofMillis(500));
        }
        world.checkCopies();
        world.ledger.check(
                world.ledger.isSealed(), "faults ended and nobody could recover: " + world);
    }

    private void putTheOwnerToSleep() {
        if (world.dice.nextBoolean()) {
            world.restartAll();
            world.time.runFor(Duration.ofMillis(150));
        }
        world.ownerNode().process().pause(SLEEP);
    }

    /** Its members were restarted meanwhile, and have forgotten the wal, as they may. */
    private void theOwnerWakesAfterItAll() {
        int what = world.dice.nextInt(3);
        for (WalNode node : world.nodes()) {
            boolean sleeps = node.equals(world.ownerNode());
            if (!sleeps && what == 0) {
                node.crash();
            } else if (!sleeps && what != 2) {
                node.powerCut();
            }
        }
        world.restartAll();
        if (what == 2) {
            world.trimAll();
        }
        world.append(3);
        world.time.runFor(SLEEP);
        world.append(3);
        world.time.runFor(Duration.ofMillis(300));
    }
}
