package sluice.bench.cluster;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import sluice.cli.http.Json;

/**
 * A cluster as one of its gateways told it.
 *
 * @param self disk of the gateway that was asked
 * @param slots of the whole cluster
 */
public record ClusterState(UUID self, int slots, List<Gateway> gateways, List<Wal> wals) {

    /**
     * @param address of its HTTP, {@code host:port}
     * @param slots how many it owns
     */
    public record Gateway(
            UUID disk, String address, boolean isAlive, boolean isDraining, int slots) {}

    public record Wal(UUID wal, UUID disk, String state, long epoch, int segmentsNotUploaded) {}

    public ClusterState {
        gateways = List.copyOf(gateways);
        wals = List.copyOf(wals);
    }

    static ClusterState of(Json json) {
        return new ClusterState(
                UUID.fromString(json.text("self", "")),
                (int) json.longField("slots"),
                json.list("gateways").stream()
                        .map(gateway ->
                                new Gateway(
                                        UUID.fromString(gateway.text("node", "")),
                                        gateway.text("httpAddress", ""),
                                        gateway.text("alive", "").equals("true"),
                                        gateway.text("draining", "").equals("true"),
                                        (int) gateway.longField("slots")))
                        .toList(),
                json.list("wals").stream()
                        .map(wal ->
                                new Wal(
                                        UUID.fromString(wal.text("wal", "")),
                                        UUID.fromString(wal.text("node", "")),
                                        wal.text("state", ""),
                                        wal.longField("epoch"),
                                        (int) wal.longField("segmentsNotUploaded")))
                        .toList());
    }

    /** The gateway at that address, if it is known as alive. */
    public Optional<Gateway> alive(String address) {
        return gateways.stream()
                .filter(gateway -> gateway.address().equals(address) && gateway.isAlive())
                .findFirst();
    }

    public int aliveCount() {
        return (int) gateways.stream().filter(Gateway::isAlive).count();
    }

    /** Slots that living gateways own. */
    public int slotsOwned() {
        return gateways.stream().filter(Gateway::isAlive).mapToInt(Gateway::slots).sum();
    }

    /** Slots by address of their living owners. */
    public Map<String, Integer> slotsByAddress() {
        return gateways.stream()
                .filter(Gateway::isAlive)
                .collect(Collectors.toMap(Gateway::address, Gateway::slots, Integer::sum));
    }
}
