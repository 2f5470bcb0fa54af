package sluice.model;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;

/**
 * The bounds of one exploration of {@link SlotModel}.
 *
 * @param gateways each with one wal; a gateway that starts again counts as another
 * @param entries appended by each at most
 * @param mortal how many of the gateways' wals are recovered, rightly or not
 * @param options what else happens
 * @param leftOut rules that do not hold
 */
record SlotConfig(
        String name,
        int gateways,
        int entries,
        int mortal,
        Set<Option> options,
        Set<SlotRule> leftOut) {

    enum Option {
        /** Owners write checkpoints, their wals forget what these cover, and wals are let go. */
        FOLDS,
        /** Gateways give up waiting for a write that may be applied later all the same. */
        GIVES_UP
    }

    static final int GATEWAYS_MAX = 3;
    static final int ENTRIES_MAX = 4;

    SlotConfig {
        assert gateways <= GATEWAYS_MAX && entries <= ENTRIES_MAX : name;
    }

    static SlotConfig of(String name, int gateways, int entries, int mortal) {
        return new SlotConfig(name, gateways, entries, mortal, Set.of(), Set.of());
    }

    SlotConfig with(Option... more) {
        var all = EnumSet.noneOf(Option.class);
        all.addAll(Arrays.asList(more));
        return new SlotConfig(name, gateways, entries, mortal, all, leftOut);
    }

    SlotConfig without(SlotRule... rules) {
        var all = EnumSet.noneOf(SlotRule.class);
        all.addAll(Arrays.asList(rules));
        return new SlotConfig(name, gateways, entries, mortal, options, all);
    }

    boolean has(Option option) {
        return options.contains(option);
    }

    boolean holds(SlotRule rule) {
        return !leftOut.contains(rule);
    }
}
