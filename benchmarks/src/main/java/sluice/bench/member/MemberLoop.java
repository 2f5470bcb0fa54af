package sluice.bench.member;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a member does: it handles what it reads, by telling of it, and commits afterwards, now and
 * then without waiting, and once more for what it gives back. Told {@code join}, {@code leave},
 * {@code hold} (handle once more, do not commit, wait for {@code go}, and commit then) and {@code
 * go}, which also ends a {@code hold} to which it did not come.
 */
final class MemberLoop {

    static final String JOIN = "join";
    static final String LEAVE = "leave";
    static final String HOLD = "hold";
    static final String GO = "go";
    static final String END = "end";

    private static final Duration POLL_MAX = Duration.ofMillis(200);
    private static final Duration COMMIT_EVERY = Duration.ofMillis(200);
    private static final Duration WARM_UP_MAX = Duration.ofSeconds(60);

    private final BlockingQueue<String> told;
    private final Consumer<MemberEvent> tell;

    /** The offset of the next record of what is held, as far as it was handled. */
    private final Map<Integer, Long> handled = new TreeMap<>();

    private final Map<Integer, Long> asked = new HashMap<>();
    private @Nullable MemberClient client;
    private long committedNs;
    private boolean isHolding;
    private boolean isWarmingUp;

    MemberLoop(BlockingQueue<String> told, Consumer<MemberEvent> tell) {
        this.told = told;
        this.tell =
                event -> {
                    if (!isWarmingUp) {
                        tell.accept(event);
                    }
                };
    }

    /** Reads and commits something elsewhere, so that no measured member loads its classes. */
    void warmUp(MemberClient.Maker maker) {
        isWarmingUp = true;
        long endNs = System.nanoTime() + WARM_UP_MAX.toNanos();
        try (var warming = maker.join(new Telling())) {
            client = warming;
            while (handled.isEmpty() && System.nanoTime() - endNs < 0) {
                round(warming);
            }
            warming.commitNow(Map.copyOf(handled));
        }
        left();
        isWarmingUp = false;
        tell.accept(new MemberEvent.Ready(System.nanoTime()));
    }

    void run(MemberClient.Maker maker) throws InterruptedException {
        while (true) {
            MemberClient joined = client;
            String command = joined == null ? told.take() : told.poll();
            switch (command) {
                case null -> {}
                case END -> {
                    return;
                }
                case JOIN -> {
                    if (joined == null) {
                        client = maker.join(new Telling());
                    }
                }
                case LEAVE -> {
                    if (joined != null) {
                        leave(joined);
                    }
                }
                case HOLD -> isHolding = true;
                case GO -> isHolding = false;
                default -> throw new IllegalArgumentException("no command: " + command);
            }
            joined = client;
            if (joined != null) {
                try {
                    round(joined);
                } catch (RuntimeException e) {
                    failed(e);
                    leave(joined);
                    client = maker.join(new Telling());
                }
            }
        }
    }

    private void leave(MemberClient joined) {
        tell.accept(new MemberEvent.Left(System.nanoTime()));
        try (joined) {
            if (!handled.isEmpty()) {
                joined.commitNow(Map.copyOf(handled));
                tell.accept(new MemberEvent.Committed(System.nanoTime(), handled));
            }
        } catch (RuntimeException e) {
            failed(e);
        }
        left();
    }

    private void left() {
        client = null;
        isHolding = false;
        handled.clear();
        asked.clear();
    }

    private void failed(Throwable failure) {
        tell.accept(new MemberEvent.Failed(System.nanoTime(), String.valueOf(failure)));
    }

    private void round(MemberClient joined) {
        List<MemberClient.Read> read = joined.poll(POLL_MAX);
        handle(read);
        if (isHolding && !read.isEmpty()) {
            isHolding = false;
            actDead(joined);
        } else if (System.nanoTime() - committedNs >= COMMIT_EVERY.toNanos()) {
            commit(joined);
        }
    }

    private void handle(List<MemberClient.Read> read) {
        var items = new TreeMap<Integer, ArrayList<MemberEvent.Item>>();
        for (MemberClient.Read each : read) {
            items.computeIfAbsent(each.partition(), _ -> new ArrayList<>()).add(each.item());
        }
        long nowNs = System.nanoTime();
        items.forEach((partition, some) -> {
            tell.accept(new MemberEvent.Handled(nowNs, partition, some));
            handled.put(partition, some.getLast().offset() + 1);
        });
    }

    private void commit(MemberClient joined) {
        committedNs = System.nanoTime();
        var offsets = new TreeMap<>(handled);
        offsets.entrySet().removeIf(each -> each.getValue().equals(asked.get(each.getKey())));
        if (offsets.isEmpty()) {
            return;
        }
        asked.putAll(offsets);
        joined.commit(
                offsets,
                failure -> {
                    if (failure == null) {
                        tell.accept(new MemberEvent.Committed(System.nanoTime(), offsets));
                    } else {
                        failed(failure);
                    }
                });
    }

    /** Waits until it was stopped and woken, and commits what may be others' by then. */
    private void actDead(MemberClient joined) {
        var offsets = new TreeMap<>(handled);
        tell.accept(new MemberEvent.Holding(System.nanoTime(), offsets));
        try {
            while (!told.take().equals(GO)) {
                // Nothing else is listened to.
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts", e);
        }
        var refusal = "";
        try {
            joined.commitNow(offsets);
        } catch (RuntimeException e) {
            refusal = String.valueOf(e);
        }
        tell.accept(new MemberEvent.Zombie(System.nanoTime(), refusal));
    }

    private final class Telling implements MemberClient.Changes {
        @Override
        public void assigned(Set<Integer> partitions) {
            tell.accept(new MemberEvent.Assigned(System.nanoTime(), List.copyOf(partitions)));
        }

        @Override
        public void returning(Set<Integer> partitions) {
            var offsets = new TreeMap<>(handled);
            offsets.keySet().retainAll(new HashSet<>(partitions));
            MemberClient joined = client;
            if (joined != null && !offsets.isEmpty()) {
                try {
                    if (joined.commitReturned(offsets)) {
                        tell.accept(new MemberEvent.Committed(System.nanoTime(), offsets));
                    }
                } catch (RuntimeException e) {
                    failed(e);
                }
            }
            forget(partitions);
            tell.accept(new MemberEvent.Returned(System.nanoTime(), List.copyOf(partitions)));
        }

        @Override
        public void lost(Set<Integer> partitions) {
            forget(partitions);
            tell.accept(new MemberEvent.Lost(System.nanoTime(), List.copyOf(partitions)));
        }

        private void forget(Set<Integer> partitions) {
            handled.keySet().removeAll(partitions);
            asked.keySet().removeAll(partitions);
        }
    }
}
