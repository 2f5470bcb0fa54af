package sluice.model;

import static sluice.model.SlotConfig.Option.FOLDS;
import static sluice.model.SlotConfig.Option.GIVES_UP;
import static sluice.model.WalConfig.Option.DRAINS;
import static sluice.model.WalConfig.Option.REPREPARES;
import static sluice.model.WalConfig.Option.RESTARTS;
import static sluice.model.WalConfig.Option.TRIMS;

import java.util.ArrayList;
import java.util.List;

/** What is explored: each configuration asks one question, and is as small as that allows. */
final class Configurations {

    /** A configuration with a name for reports. */
    record Named(String name, Model model) {
        @Override
        public String toString() {
            return name;
        }
    }

    /** One segment of two members. */
    static final int[][] ONE = {{0, 1}};

    static final int[][] TWO = {{0, 1}, {0, 2}};
    static final int[][] THREE = {{0, 1}, {0, 2}, {0, 1}};
    static final int[][] FOUR = {{0, 1}, {0, 2}, {0, 1}, {0, 2}};

    /** The second and the fourth have peers only; the owner's disk is 0. */
    static final int[][] PEERS_ONLY = {{0, 1}, {1, 2}, {0, 2}};

    static final int[][] REPLACED = {{0, 1}, {0, 2}, {1, 3}, {0, 1}};

    /** No disk of the first is in the second. */
    static final int[][] APART = {{0, 1}, {2, 3}, {0, 2}};

    static final int[][] ONE_OF_THREE = {{0, 1, 2}};
    static final int[][] TWO_OF_FOUR_DISKS = {{0, 1, 2}, {0, 1, 3}};
    static final int[][] THREE_OF_FOUR_DISKS = {{0, 1, 2}, {1, 2, 3}, {0, 1, 2}};

    private Configurations() {}

    static List<Named> wanted() {
        var wanted = new ArrayList<>(small());
        if (Explorations.DEEP) {
            wanted.addAll(deep());
        }
        return wanted;
    }

    private static List<Named> small() {
        return List.of(
                of(WalConfig.of("two rolls, two entries, recovery", THREE, 2, 1)),
                of(WalConfig.of("three rolls, recovery", FOUR, 1, 1)),
                of(
                        WalConfig.of("members restart, a segment of peers only", PEERS_ONLY, 1, 1)
                                .with(RESTARTS)),
                of(WalConfig.of("members restart, two entries", TWO, 2, 1).with(RESTARTS)),
                of(WalConfig.of("two recoverers and a zombie, two rolls", THREE, 1, 2)),
                of(WalConfig.of("two recoverers and a zombie, two entries", TWO, 2, 2)),
                of(WalConfig.of("three members, four disks, a roll", TWO_OF_FOUR_DISKS, 1, 1)),
                of(WalConfig.of("PREPARED is replaced", REPLACED, 1, 1).with(REPREPARES)),
                of(WalConfig.of("trim and recovery, two rolls", THREE, 1, 1).with(TRIMS)),
                of(WalConfig.of("trim and two recoverers", TWO, 1, 2).with(TRIMS)),
                of(WalConfig.of("the owner ends its wal, two rolls", THREE, 1, 1).with(DRAINS)),
                of(WalConfig.of("the owner ends its wal, two entries", TWO, 2, 1).with(DRAINS)),
                of(WalConfig.of("a begun segment decides an empty one", APART, 1, 1).wiping(2)),
                of(
                        WalConfig.of(
                                        "two of three acknowledge, two answer",
                                        TWO_OF_FOUR_DISKS,
                                        1,
                                        1)
                                .quorum(2, 2)),
                of(SlotConfig.of("hand-off there and back, late writes", 2, 2, 0).with(GIVES_UP)),
                of(
                        SlotConfig.of("hand-off, recovery and a zombie, late writes", 2, 2, 1)
                                .with(GIVES_UP)),
                of(SlotConfig.of("hand-off, both wals recovered", 2, 1, 2).with(GIVES_UP)),
                of(SlotConfig.of("hand-off, recovery, checkpoints", 2, 2, 1).with(FOLDS)),
                of(SlotConfig.of("three want the slot, late writes", 3, 1, 0).with(GIVES_UP)),
                of(SlotConfig.of("three want the slot, one wal recovered", 3, 1, 1)));
    }

    private static List<Named> deep() {
        return List.of(
                of(WalConfig.of("deep: three rolls, two entries", FOUR, 2, 1)),
                of(WalConfig.of("deep: two rolls, three entries", THREE, 3, 1)),
                of(WalConfig.of("deep: two recoverers, two rolls, two entries", THREE, 2, 2)),
                of(
                        WalConfig.of("deep: two recoverers, restarts, a lost disk", THREE, 1, 2)
                                .with(RESTARTS)
                                .wiping(1)),
                of(
                        WalConfig.of("deep: three members, two disks lost", TWO_OF_FOUR_DISKS, 1, 1)
                                .wiping(2)),
                of(
                        WalConfig.of("deep: three members, two rolls", THREE_OF_FOUR_DISKS, 1, 1)
                                .wiping(1)),
                of(
                        WalConfig.of("deep: PREPARED is replaced, a lost disk", REPLACED, 1, 1)
                                .with(REPREPARES)
                                .wiping(1)),
                of(WalConfig.of("deep: trim, two recoverers, two rolls", THREE, 1, 2).with(TRIMS)),
                of(WalConfig.of("deep: trim, two rolls, two entries", THREE, 2, 1).with(TRIMS)),
                of(WalConfig.of("deep: the owner ends its wal", THREE, 2, 1).with(DRAINS)),
                of(SlotConfig.of("deep: three want the slot, two wals recovered", 3, 1, 2)),
                of(
                        SlotConfig.of("deep: hand-off, recovery, checkpoints, late writes", 2, 1, 1)
                                .with(FOLDS, GIVES_UP)),
                of(
                        SlotConfig.of("deep: three want the slot, late writes, a recovery", 3, 1, 1)
                                .with(GIVES_UP)),
                of(SlotConfig.of("deep: hand-off, three entries, recovery", 2, 3, 2)));
    }

    private static Named of(SlotConfig config) {
        return new Named(config.name(), new SlotModel(config));
    }

    private static Named of(WalConfig config) {
        return new Named(config.name(), new WalModel(config));
    }
}
