package sluice.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.log.SluiceException;

/**
 * F30, F31: on whose disks a wal goes on when gateways and zones are lost, and when it does not.
 */
class MemberPolicyTest {

    private static final Duration EVERY = Duration.ofMillis(2);
    private static final Duration SECOND = Duration.ofSeconds(1);

    private static KeptWal kept(int places, int replicationFactor, int membersMin, String zones) {
        EngineLimits limits =
                EngineLimits.defaults(replicationFactor, places, 256 << 20)
                        .withMembersMin(membersMin);
        return new KeptWal(92, places, limits, zones);
    }

    private static void assertTakes(KeptWal kept) {
        kept.keeper.checkAdmission();
        kept.load(EVERY, SECOND);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void aSegmentHasAsManyMembersAsTheReplicationFactorSays(int replicationFactor) {
        var kept = kept(4, replicationFactor, 1, "aaaa");
        assertTakes(kept);

        assertEquals(replicationFactor, kept.keeper.wal().members().size());
        assertEquals(kept.world.place(0).id(), kept.keeper.wal().members().getFirst());
    }

    @Test
    void f30CandidatesThatAreAllInOneZoneAreTakenAllTheSame() {
        var kept = kept(3, 3, 2, "aaa");
        assertTakes(kept);

        assertEquals(3, kept.keeper.wal().members().size());
    }

    @Test
    void f30MembersAreInAsManyZonesAsThereAre() {
        var kept = kept(6, 3, 2, "aaabbc");
        for (int i = 0; i < 12; i++) {
            assertTakes(kept);
            assertEquals(Set.of("a", "b", "c"), kept.memberZones());
        }
    }

    @Test
    void f30ALostZoneIsLeftBehindAndTheSegmentsHaveAllTheirMembersElsewhere() {
        var kept = kept(5, 3, 2, "aabbc");
        assertTakes(kept);
        kept.world.place(2).crash();
        kept.world.place(3).crash();
        kept.load(EVERY, Duration.ofSeconds(4));

        assertEquals(3, kept.keeper.wal().members().size());
        assertEquals(Set.of("a", "c"), kept.memberZones());

        kept.world.place(2).restart();
        kept.load(EVERY, Duration.ofSeconds(15));
        assertEquals(Set.of("a", "b", "c"), kept.memberZones(), "the zone came back");
    }

    @Test
    void f31WithTheOwnerAloneLeftWritesAreRefusedIfThePolicyWantsTwo() {
        var kept = kept(3, 3, 2, "aaa");
        assertTakes(kept);
        long acknowledged = kept.keeper.wal().hwm();
        kept.world.place(1).crash();
        kept.world.place(2).crash();
        kept.world.runFor(SECOND);
        kept.append();
        kept.world.runFor(SECOND);

        var refusal = assertThrows(SluiceException.class, () -> kept.keeper.checkAdmission());
        assertEquals("too-few-members", refusal.code());
        assertEquals(SluiceException.Kind.UNAVAILABLE, refusal.kind());
        assertTrue(kept.keeper.wal().hwm() <= acknowledged + 1, "and nothing is acknowledged");

        kept.world.place(1).restart();
        kept.load(EVERY, Duration.ofSeconds(5));
        assertTakes(kept);
        assertEquals(2, kept.keeper.wal().members().size());
    }

    @Test
    void f31WithTheOwnerAloneLeftWritesGoOnIfThePolicyAllowsIt() {
        var kept = kept(3, 3, 1, "aaa");
        assertTakes(kept);
        kept.world.place(1).crash();
        kept.world.place(2).crash();
        kept.load(EVERY, Duration.ofSeconds(2));

        assertTakes(kept);
        assertEquals(1, kept.keeper.wal().members().size());

        kept.world.place(1).restart();
        kept.world.place(2).restart();
        kept.load(EVERY, Duration.ofSeconds(15));
        assertEquals(3, kept.keeper.wal().members().size());
    }
}
