package sluice.simulation;

import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import sluice.metadata.ItemStore.Table;
import sluice.metadata.memory.MemoryItemStore.Call;
import sluice.metadata.memory.MemoryItemStore.Fault;
import sluice.uploader.memory.ObjectFaults;

/** What is wrong with the two stores now, call by call. */
final class StoreFaults {

    private final SimulatedCluster cluster;
    private final RandomGenerator random;
    private final int perMille;
    private boolean isOn;

    boolean isMetadataAway;
    boolean areAnswersLost;
    boolean areWritesLate;
    @Nullable Table throttled;
    @Nullable SimulatedGateway withoutMetadata;
    boolean areObjectsAway;
    boolean isStorm;
    boolean areObjectAnswersLost;

    /**
     * @param perMille calls that fail while nothing else is wrong
     */
    StoreFaults(SimulatedCluster cluster, int perMille) {
        this.cluster = cluster;
        this.random = cluster.time.random();
        this.perMille = perMille;
    }

    void start() {
        isOn = true;
        cluster.metadata.faults((gateway, call, table, key) -> fault(gateway, call, table));
        cluster.objects.faults((call, key) -> fate(call));
    }

    /** Both stores are well again. */
    void stop() {
        isOn = false;
        isMetadataAway = false;
        areAnswersLost = false;
        areWritesLate = false;
        throttled = null;
        withoutMetadata = null;
        areObjectsAway = false;
        isStorm = false;
        areObjectAnswersLost = false;
        cluster.metadata.faults((gateway, call, table, key) -> Fault.NONE);
        cluster.objects.faults(ObjectFaults.none());
    }

    private Fault fault(SimulatedGateway gateway, Call call, Table table) {
        if (!isOn) {
            return Fault.NONE;
        }
        boolean isWrite = call == Call.PUT || call == Call.DELETE;
        if (isMetadataAway || gateway.equals(withoutMetadata)) {
            return isWrite && random.nextInt(8) == 0 ? Fault.LOST_REQUEST : Fault.REFUSED;
        }
        if (table == throttled && random.nextInt(8) != 0) {
            return Fault.REFUSED;
        }
        if (isWrite && areAnswersLost && random.nextInt(2) == 0) {
            return Fault.LOST_RESPONSE;
        }
        if (isWrite && areWritesLate && call == Call.PUT && random.nextInt(3) == 0) {
            return Fault.DELAYED;
        }
        if (random.nextInt(1000) >= perMille) {
            return Fault.NONE;
        }
        return isWrite
                ? (random.nextBoolean() ? Fault.LOST_RESPONSE : Fault.LOST_REQUEST)
                : Fault.REFUSED;
    }

    private ObjectFaults.Fate fate(ObjectFaults.Call call) {
        if (!isOn) {
            return ObjectFaults.Fate.WELL;
        }
        boolean fails = areObjectsAway || (isStorm && random.nextInt(5) != 0);
        if (fails) {
            cluster.coverage.count("objects: call refused");
            return ObjectFaults.Fate.FAIL_BEFORE;
        }
        boolean isLost =
                call == ObjectFaults.Call.PUT && areObjectAnswersLost && random.nextInt(2) == 0;
        if (isLost || random.nextInt(1000) < perMille) {
            cluster.coverage.count("objects: answer lost");
            return random.nextInt(4) == 0
                    ? ObjectFaults.Fate.FAIL_BEFORE
                    : ObjectFaults.Fate.LOSE_RESPONSE;
        }
        return ObjectFaults.Fate.WELL;
    }
}
