package sluice.consumer.queue;

import java.util.ArrayList;
import java.util.List;

/** Where some messages wait that were looked at and never leased. */
sealed interface Spot {

    Line line();

    /** Offsets that follow each other. */
    record Run(long from, long count) {}

    /** They are ready, and have no key. */
    record Ready(Line line, List<Run> runs) implements Spot {
        public Ready {
            runs = List.copyOf(runs);
        }
    }

    /** They are ready, each the first of its key. */
    record Heads(Line line, List<Head> heads) implements Spot {
        public Heads {
            heads = List.copyOf(heads);
        }
    }

    record Head(long offset, long key) {}

    /** They wait for the head of their key to be done. */
    record Behind(Line line, long key, List<Run> runs) implements Spot {
        public Behind {
            runs = List.copyOf(runs);
        }
    }

    /** They are ready at a later time. */
    record Later(Line line, List<Late> messages) implements Spot {
        public Later {
            messages = List.copyOf(messages);
        }
    }

    /**
     * @param key may be {@link Mark#NO_KEY}
     */
    record Late(long offset, long untilMs, long key) {}

    /** Gathers offsets, mostly in order, into runs. */
    final class Runs {
        private final List<Run> runs = new ArrayList<>();
        private long from = -1;
        private long end = -1;

        void add(long offset) {
            if (offset != end) {
                close();
                from = offset;
            }
            end = offset + 1;
        }

        private void close() {
            if (from >= 0) {
                runs.add(new Run(from, end - from));
                from = -1;
            }
        }

        List<Run> toList() {
            close();
            end = -1;
            return runs;
        }
    }
}
