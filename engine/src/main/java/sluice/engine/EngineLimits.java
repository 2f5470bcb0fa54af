package sluice.engine;

import java.time.Duration;
import sluice.log.wal.MemberMachine;
import sluice.log.wal.WalMachine;

/**
 * The engine's settings as used.
 *
 * @param slots the cluster's number of slots, used only when the cluster is new
 * @param replicationFactor members of a wal segment, this gateway included
 * @param membersMin with fewer gateways alive, no segment is begun and writes are refused
 * @param expectedGateways at start, the first sharing of slots waits for so many, for a while
 * @param startGrace how long it waits
 * @param heartbeat between two beats, and between two looks at the others'
 * @param suspectAfter a counter unchanged for so long means that its gateway is gone
 * @param ackTimeout an append not committed by then is answered as unknown
 * @param callTimeout for one call to another gateway, a long poll's wait not counted
 * @param routeTimeout how long a request waits for its slot to have an owner
 * @param waitingReadersMax long polls that may wait at this gateway's partitions
 * @param tailEntriesMax batches not yet in objects that are indexed in memory, in all partitions
 * @param foldObjects objects named in the wal record before they are folded into checkpoints
 * @param uploadsMax segments being uploaded at once
 * @param scrubEvery how often it is looked whether all objects are there
 * @param memberSlowFloor a member may hold an entry up for so long, however fast the others are;
 *     {@code wal().memberSlowNs()} is the longest time, however slow they are
 * @param wal of the owner
 * @param member of this gateway's disk
 */
public record EngineLimits(
        int slots,
        int replicationFactor,
        int membersMin,
        int expectedGateways,
        Duration startGrace,
        Duration heartbeat,
        Duration suspectAfter,
        Duration ackTimeout,
        Duration callTimeout,
        Duration routeTimeout,
        int waitingReadersMax,
        int tailEntriesMax,
        int foldObjects,
        int uploadsMax,
        Duration scrubEvery,
        Duration memberSlowFloor,
        WalMachine.Limits wal,
        MemberMachine.Limits member) {

    public EngineLimits {
        if (replicationFactor < 1 || membersMin < 1 || membersMin > replicationFactor) {
            throw new IllegalArgumentException(
                    "1 <= membersMin <= replicationFactor expected: membersMin=%d replicationFactor=%d"
                            .formatted(membersMin, replicationFactor));
        }
        if (slots < 1 || slots > 0x10000) {
            throw new IllegalArgumentException("1 to 65536 slots expected: slots=" + slots);
        }
    }

    /** Defaults for a gateway with {@code diskBytesMax} for its wal. */
    public static EngineLimits defaults(
            int replicationFactor, int expectedGateways, long diskBytesMax) {
        return new EngineLimits(
                1024,
                replicationFactor,
                Math.min(2, replicationFactor),
                expectedGateways,
                Duration.ofSeconds(10),
                Duration.ofSeconds(1),
                Duration.ofSeconds(5),
                Duration.ofSeconds(20),
                Duration.ofSeconds(10),
                Duration.ofSeconds(10),
                100_000,
                4_000_000,
                64,
                2,
                Duration.ofMinutes(30),
                SlowMembers.FLOOR,
                new WalMachine.Limits(
                        64L << 20,
                        Duration.ofSeconds(10).toNanos(),
                        Duration.ofMillis(1500).toNanos(),
                        64L << 20,
                        1 << 20),
                new MemberMachine.Limits(Duration.ZERO, 512 * 1024, diskBytesMax, 256L << 20));
    }

    /** With another policy for the time when few gateways are alive. */
    public EngineLimits withMembersMin(int next) {
        return with(next, memberSlowFloor);
    }

    public EngineLimits withMemberSlowFloor(Duration next) {
        return with(membersMin, next);
    }

    private EngineLimits with(int nextMembersMin, Duration nextMemberSlowFloor) {
        return new EngineLimits(
                slots,
                replicationFactor,
                nextMembersMin,
                expectedGateways,
                startGrace,
                heartbeat,
                suspectAfter,
                ackTimeout,
                callTimeout,
                routeTimeout,
                waitingReadersMax,
                tailEntriesMax,
                foldObjects,
                uploadsMax,
                scrubEvery,
                nextMemberSlowFloor,
                wal,
                member);
    }
}
