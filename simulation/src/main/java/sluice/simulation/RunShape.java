package sluice.simulation;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * The sizes of one run, drawn from its seed: small worlds of many shapes find more than one large
 * world does.
 *
 * @param members of a stream group that reads all; none in most runs, whose dice then fall as they
 *     would without groups
 * @param consumers of a queue group that takes all; none in most runs, likewise
 * @param pauseMsMax between two requests of a client
 * @param faults what may happen in this run
 * @param faultEveryMsMax between two faults
 * @param storeFaultsPerMille calls of stores that fail while nothing else is wrong
 */
record RunShape(
        int gateways,
        int replicationFactor,
        int membersMin,
        int slots,
        int partitions,
        int clients,
        int members,
        int consumers,
        int pauseMsMax,
        Duration load,
        long segmentBytesMax,
        Duration segmentAge,
        int foldObjects,
        long diskBytesMax,
        Set<FaultKind> faults,
        int faultEveryMsMax,
        int storeFaultsPerMille) {

    private static final int LONG_ONE_IN = 12;

    static RunShape of(long seed) {
        return of(seed, FaultKind.all());
    }

    /**
     * @param allowed the kinds of faults to choose from
     */
    static RunShape of(long seed, Set<FaultKind> allowed) {
        var random = new SplittableRandom(seed ^ 0x5357_41524dL);
        int gateways = 2 + random.nextInt(4);
        int replicationFactor =
                Math.min(gateways, random.nextInt(8) == 0 ? 1 : 2 + random.nextInt(2));
        int membersMin = Math.min(replicationFactor, 1 + random.nextInt(2));
        boolean isLong = random.nextInt(LONG_ONE_IN) == 0;
        var faults = EnumSet.noneOf(FaultKind.class);
        int onePercent = 25 + random.nextInt(50);
        for (FaultKind kind : FaultKind.values()) {
            boolean isDrawn = random.nextInt(100) < onePercent;
            if (isDrawn && allowed.contains(kind) && (isLong || !kind.isLong())) {
                faults.add(kind);
            }
        }
        return new RunShape(
                gateways,
                replicationFactor,
                membersMin,
                4 + random.nextInt(9),
                1 + random.nextInt(5),
                1 + random.nextInt(3),
                hasGroup(seed) ? 2 + (int) (seed % 3) : 0,
                hasQueue(seed) ? 2 + (int) (seed % 3) : 0,
                isLong ? 500 : 25 + random.nextInt(125),
                Duration.ofSeconds(isLong ? 200 : 8 + random.nextInt(25)),
                (2 + random.nextInt(8)) << 10,
                Duration.ofMillis(500 + random.nextInt(2500)),
                2 + random.nextInt(6),
                (isLong ? 96 : 256) << 10,
                faults,
                200 + random.nextInt(isLong ? 8000 : 2500),
                random.nextInt(3) == 0 ? 30 : random.nextInt(4));
    }

    private static boolean hasGroup(long seed) {
        return seed % 5 == 4;
    }

    /** Every second of them with a stream group beside. */
    private static boolean hasQueue(long seed) {
        return seed % 10 == 3 || seed % 10 == 9;
    }

    /**
     * True if messages of the queue group may be released with a delay. After an owner whose clock
     * is an hour ahead they would rest for an hour, which no run waits for.
     */
    boolean hasDelays() {
        return !faults.contains(FaultKind.CLOCK_JUMP);
    }

    SimulatedLimits limits() {
        var limits = new SimulatedLimits();
        limits.slots = slots;
        limits.replicationFactor = replicationFactor;
        limits.membersMin = membersMin;
        limits.expectedGateways = gateways;
        limits.segmentBytesMax = segmentBytesMax;
        limits.segmentAge = segmentAge;
        limits.foldObjects = foldObjects;
        limits.diskBytesMax = diskBytesMax;
        return limits;
    }
}
