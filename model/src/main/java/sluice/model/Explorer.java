package sluice.model;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;

/**
 * Explores all states of a model, breadth first, so that the first broken promise is found by a
 * shortest trace. Then it looks for states from which no order of steps leads to a state in which
 * the model is done: those are stuck.
 */
final class Explorer {

    /**
     * What was found.
     *
     * @param states all of them, unless a promise was broken or the bound was reached
     * @param steps between them
     * @param depth steps on the shortest way to the last state found
     * @param isComplete false if the bound was reached
     * @param problem the broken promise or the stuck state, with its trace
     */
    record Found(int states, long steps, int depth, boolean isComplete, Optional<Problem> problem) {

        @Override
        public String toString() {
            return "%,d states, %,d steps, depth %d, %s%s"
                    .formatted(
                            states,
                            steps,
                            depth,
                            isComplete ? "all" : "NOT all",
                            problem.map(each -> "\n" + each).orElse(""));
        }
    }

    /**
     * @param trace the steps that lead there, shortest first found
     */
    record Problem(String what, List<String> trace, String state) {
        Problem {
            trace = List.copyOf(trace);
        }

        @Override
        public String toString() {
            var text = new StringBuilder(what).append(", after ").append(trace.size());
            text.append(" steps:\n");
            for (int i = 0; i < trace.size(); i++) {
                text.append("  %2d  %s\n".formatted(i + 1, trace.get(i)));
            }
            return text.append("  in  ").append(state).toString();
        }
    }

    private final Model model;
    private final IntPredicate goOn;
    private final StateSet states;
    private final Numbers parents = new Numbers();
    private final Numbers depths = new Numbers();
    private final Numbers edges = new Numbers();
    private final Numbers edgesFrom = new Numbers();

    /**
     * @param goOn asked now and then with the number of states; false ends the search early
     */
    Explorer(Model model, IntPredicate goOn) {
        this.model = model;
        this.goOn = goOn;
        this.states = new StateSet(model.initial().length);
    }

    /** Explores; once. */
    Found explore() {
        add(model.initial(), -1);
        int at = 0;
        for (; at < states.size(); at++) {
            byte[] state = states.get(at);
            Optional<String> broken = model.broken(state);
            if (broken.isPresent()) {
                return found(true, Optional.of(problem(broken.get(), at)));
            }
            if ((at & 0xFFFF) == 0xFFFF && !goOn.test(states.size())) {
                return found(false, Optional.empty());
            }
            edgesFrom.add(edges.size());
            int from = at;
            model.next(state, (after, _, _, _) -> edges.add(add(after, from)));
        }
        edgesFrom.add(edges.size());
        return found(true, stuck().map(each -> problem("stuck: nothing leads on from here", each)));
    }

    private Found found(boolean isComplete, Optional<Problem> problem) {
        return new Found(
                states.size(), edges.size(), depths.get(states.size() - 1), isComplete, problem);
    }

    private int add(byte[] state, int parent) {
        int index = states.add(state);
        if (index < 0) {
            return ~index;
        }
        parents.add(parent);
        depths.add(parent < 0 ? 0 : depths.get(parent) + 1);
        return index;
    }

    /** The first state that is not hopeless and from which no done state can be reached. */
    private Optional<Integer> stuck() {
        var reaches = new BitSet(states.size());
        for (int i = 0; i < states.size(); i++) {
            if (model.isDone(states.get(i))) {
                reaches.set(i);
            }
        }
        boolean changed = true;
        while (changed) {
            changed = false;
            for (int i = states.size() - 1; i >= 0; i--) {
                if (!reaches.get(i) && leadsTo(i, reaches)) {
                    reaches.set(i);
                    changed = true;
                }
            }
        }
        for (int i = reaches.nextClearBit(0); i < states.size(); i = reaches.nextClearBit(i + 1)) {
            if (!model.isHopeless(states.get(i))) {
                return Optional.of(i);
            }
        }
        return Optional.empty();
    }

    private boolean leadsTo(int state, BitSet reaches) {
        for (int edge = edgesFrom.get(state); edge < edgesFrom.get(state + 1); edge++) {
            if (reaches.get(edges.get(edge))) {
                return true;
            }
        }
        return false;
    }

    private Problem problem(String what, int state) {
        var way = new ArrayList<Integer>();
        for (int each = state; each >= 0; each = parents.get(each)) {
            way.addFirst(each);
        }
        var trace = new ArrayList<String>();
        for (int i = 1; i < way.size(); i++) {
            trace.add(label(way.get(i - 1), way.get(i)));
        }
        return new Problem(what, trace, model.describe(states.get(state)));
    }

    private String label(int from, int to) {
        var labels = new ArrayList<String>();
        model.next(
                states.get(from),
                (after, what, a, b) -> {
                    if (states.add(after) == ~to) {
                        labels.add(what.formatted(a, b));
                    }
                });
        return labels.getFirst();
    }
}
