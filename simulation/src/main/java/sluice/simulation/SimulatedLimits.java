package sluice.simulation;

import java.time.Duration;
import sluice.engine.EngineLimits;
import sluice.log.wal.MemberMachine;
import sluice.log.wal.WalMachine;

/** Limits for tests: the shape of production's, but reached soon. */
final class SimulatedLimits {

    int slots = SimulatedCluster.SLOTS;
    int replicationFactor = 3;
    int membersMin = 2;
    int expectedGateways = 3;
    Duration startGrace = Duration.ofSeconds(3);
    Duration ackTimeout = Duration.ofSeconds(5);
    int foldObjects = 4;
    long segmentBytesMax = 32 << 10;
    Duration segmentAge = Duration.ofSeconds(2);
    Duration memberSlow = Duration.ofMillis(1500);
    long unackedBytesMax = 1 << 20;
    long diskBytesMax = 64 << 20;
    Duration scrubEvery = Duration.ofSeconds(12);
    int tailEntriesMax = 100_000;

    EngineLimits build() {
        return new EngineLimits(
                slots,
                replicationFactor,
                membersMin,
                expectedGateways,
                startGrace,
                Duration.ofSeconds(1),
                Duration.ofSeconds(3),
                ackTimeout,
                Duration.ofSeconds(5),
                Duration.ofSeconds(10),
                1000,
                tailEntriesMax,
                foldObjects,
                2,
                scrubEvery,
                Duration.ofMillis(25),
                new WalMachine.Limits(
                        segmentBytesMax,
                        segmentAge.toNanos(),
                        memberSlow.toNanos(),
                        unackedBytesMax,
                        16 << 10),
                new MemberMachine.Limits(Duration.ofNanos(500_000), 16 << 10, diskBytesMax, 1024));
    }
}
