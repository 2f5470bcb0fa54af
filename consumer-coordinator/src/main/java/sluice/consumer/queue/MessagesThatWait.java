package sluice.consumer.queue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Messages below the cursor that were never leased and are not done: ready in a line, behind their
 * key's first message, or until a time.
 *
 * <p>A key has one <i>head</i>: the message of it that is ready, leased or came back. While a
 * message waits behind a key, the key has a head. Owned by one lane.
 */
final class MessagesThatWait {

    /** What a head, and what a key with others behind it, takes in maps. */
    private static final int HEAD_BYTES = 200;

    private static final int BEHIND_BYTES = 250;
    private static final int LATER_BYTES = 10;
    private static final int LATER_BY_KEY_BYTES = 20;

    private final OffsetSet all = new OffsetSet();
    private final TreeMap<Line, OffsetSet> lines = new TreeMap<>();
    private final LaterMessages later = new LaterMessages();
    private final Map<Long, TreeMap<Line, OffsetSet>> behind = new HashMap<>();

    /** By key; a message that is held or ready. */
    private final Map<Long, Long> heads = new HashMap<>();

    /** Of heads that are ready, by offset. */
    private final Map<Long, Long> keys = new HashMap<>();

    private boolean isByKey;
    private long readyCount;
    private long behindCount;
    private long listBytes;

    /** From now on messages of a key wait for each other, or do not. */
    void byKey(boolean next) {
        if (isByKey && !next) {
            isByKey = false;
            var freed = Map.copyOf(behind);
            behind.clear();
            behindCount = 0;
            keys.values().forEach(heads::remove);
            keys.clear();
            freed.values()
                    .forEach(each ->
                            each.forEach((line, offsets) -> {
                                listBytes -= offsets.bytes();
                                offsets.forEachRun((from, count) -> {
                                    for (long offset = from; offset < from + count; offset++) {
                                        enter(line, offset, Mark.NO_KEY);
                                    }
                                });
                            }));
        }
        isByKey = next;
    }

    /** Lowest offset that waits, −1 if there is none. */
    long first() {
        return all.first();
    }

    /** Lowest that waits and is at least that, −1 if there is none. */
    long ceiling(long offset) {
        return all.ceiling(offset);
    }

    boolean contains(long offset) {
        return all.contains(offset);
    }

    long count() {
        return all.count();
    }

    /** In lines. */
    long readyCount() {
        return readyCount;
    }

    long behindCount() {
        return behindCount;
    }

    long laterCount() {
        return later.count();
    }

    /** When the first of those that wait for a time is ready. */
    long nextDueMs() {
        return later.nextMs();
    }

    /** Of memory, roughly. */
    long bytes() {
        return all.bytes()
                + listBytes
                + (long) keys.size() * HEAD_BYTES
                + (long) behind.size() * BEHIND_BYTES
                + later.count() * (isByKey ? LATER_BY_KEY_BYTES : LATER_BYTES);
    }

    /** Those that are ready, by line. */
    NavigableMap<Line, OffsetSet> lines() {
        return Collections.unmodifiableNavigableMap(lines);
    }

    /** The message for which others of its key wait; −1 if there is none. */
    long head(long key) {
        return heads.getOrDefault(key, -1L);
    }

    void place(Spot spot) {
        switch (spot) {
            case Spot.Ready(var line, var runs) ->
                    runs.forEach(each -> {
                        for (long offset = each.from();
                                offset < each.from() + each.count();
                                offset++) {
                            if (all.add(offset)) {
                                enter(line, offset, Mark.NO_KEY);
                            }
                        }
                    });
            case Spot.Heads(var line, var found) -> {
                for (Spot.Head each : found) {
                    if (all.add(each.offset())) {
                        enter(line, each.offset(), each.key());
                    }
                }
            }
            case Spot.Behind(var line, long key, var runs) ->
                    runs.forEach(each -> {
                        for (long offset = each.from();
                                offset < each.from() + each.count();
                                offset++) {
                            if (all.add(offset)) {
                                enter(line, offset, key);
                            }
                        }
                    });
            case Spot.Later(var line, var messages) -> {
                for (Spot.Late each : messages) {
                    if (all.add(each.offset())) {
                        later.add(line, each);
                    }
                }
            }
        }
    }

    /** It is ready, unless it has to wait for another one of its key. */
    private void enter(Line line, long offset, long key) {
        if (key != Mark.NO_KEY && isByKey) {
            if (heads.putIfAbsent(key, offset) != null) {
                add(
                        behind.computeIfAbsent(key, _ -> new TreeMap<>())
                                .computeIfAbsent(line, _ -> new OffsetSet()),
                        offset);
                behindCount++;
                return;
            }
            keys.put(offset, key);
        }
        add(lines.computeIfAbsent(line, _ -> new OffsetSet()), offset);
        readyCount++;
    }

    private void add(OffsetSet to, long offset) {
        listBytes -= to.bytes();
        to.add(offset);
        listBytes += to.bytes();
    }

    private boolean remove(OffsetSet from, long offset) {
        listBytes -= from.bytes();
        boolean was = from.remove(offset);
        listBytes += from.bytes();
        return was;
    }

    /** What waited for a time that has come is ready. */
    void due(long nowMs) {
        later.takeDue(
                nowMs,
                (line, message) -> {
                    if (all.contains(message.offset())) {
                        enter(line, message.offset(), message.key());
                    }
                });
    }

    /** Takes out a message that is ready in that line, to be held; its key stays with it. */
    @Nullable Mark take(Line line, long offset) {
        OffsetSet offsets = lines.get(line);
        if (offsets == null || !remove(offsets, offset)) {
            return null;
        }
        if (offsets.isEmpty()) {
            lines.remove(line);
        }
        all.remove(offset);
        readyCount--;
        Long key = keys.remove(offset);
        return new Mark(line, key == null ? Mark.NO_KEY : key);
    }

    /** A message that is ready is done. */
    void drop(long offset) {
        if (!all.contains(offset)) {
            return;
        }
        for (Line each : List.copyOf(lines.keySet())) {
            Mark mark = take(each, offset);
            if (mark != null) {
                free(mark.key(), offset);
                return;
            }
        }
    }

    /** That message of the key is leased, or came back. */
    void held(long key, long offset) {
        if (key != Mark.NO_KEY) {
            heads.put(key, offset);
        }
    }

    /** That message of the key is done, or a dead letter: the next one is ready. */
    void free(long key, long offset) {
        if (key == Mark.NO_KEY || !heads.remove(key, offset)) {
            return;
        }
        TreeMap<Line, OffsetSet> waiting = behind.get(key);
        if (waiting == null) {
            return;
        }
        Line line = waiting.firstKey();
        long next = Long.MAX_VALUE;
        for (Map.Entry<Line, OffsetSet> each : waiting.entrySet()) {
            if (each.getValue().first() < next) {
                next = each.getValue().first();
                line = each.getKey();
            }
        }
        OffsetSet offsets = waiting.get(line);
        if (offsets != null) {
            remove(offsets, next);
            if (offsets.isEmpty()) {
                waiting.remove(line);
            }
        }
        if (waiting.isEmpty()) {
            behind.remove(key);
        }
        behindCount--;
        enter(line, next, key);
    }

    /** All below is gone from the topic. */
    void trim(long before) {
        if (all.first() < 0 || all.first() >= before) {
            return;
        }
        all.removeBelow(before);
        for (Map.Entry<Long, TreeMap<Line, OffsetSet>> each : List.copyOf(behind.entrySet())) {
            behindCount -= trim(each.getValue(), before);
            if (each.getValue().isEmpty()) {
                behind.remove(each.getKey());
            }
        }
        readyCount -= trim(lines, before);
        for (Map.Entry<Long, Long> each : List.copyOf(keys.entrySet())) {
            if (each.getKey() < before) {
                keys.remove(each.getKey());
                free(each.getValue(), each.getKey());
            }
        }
    }

    private long trim(TreeMap<Line, OffsetSet> from, long before) {
        long count = 0;
        for (Map.Entry<Line, OffsetSet> each : List.copyOf(from.entrySet())) {
            OffsetSet offsets = each.getValue();
            listBytes -= offsets.bytes();
            count += offsets.removeBelow(before);
            listBytes += offsets.bytes();
            if (offsets.isEmpty()) {
                from.remove(each.getKey());
            }
        }
        return count;
    }

    /** Nothing waits any more; what is held still has its key. */
    void clear() {
        all.clear();
        lines.clear();
        later.clear();
        behind.clear();
        keys.values().forEach(heads::remove);
        keys.clear();
        readyCount = 0;
        behindCount = 0;
        listBytes = 0;
    }

    /** All of it as spots, each of at most about so many messages or runs. */
    List<Spot> spots(int max) {
        var spots = new ArrayList<Spot>();
        lines.forEach((line, offsets) -> ready(line, offsets, max, spots));
        new TreeMap<>(behind)
                .forEach((key, waiting) ->
                        waiting.forEach((line, offsets) ->
                                runs(
                                        offsets,
                                        max,
                                        runs -> spots.add(new Spot.Behind(line, key, runs)))));
        var late = new TreeMap<Line, List<Spot.Late>>();
        later.forEach((line, message) -> {
            if (all.contains(message.offset())) {
                List<Spot.Late> page = late.computeIfAbsent(line, _ -> new ArrayList<>());
                page.add(message);
                if (page.size() == max) {
                    spots.add(new Spot.Later(line, page));
                    page.clear();
                }
            }
        });
        late.forEach((line, page) -> {
            if (!page.isEmpty()) {
                spots.add(new Spot.Later(line, page));
            }
        });
        return spots;
    }

    private void ready(Line line, OffsetSet offsets, int max, List<Spot> spots) {
        var plain = new Spot.Runs();
        var found = new ArrayList<Spot.Head>();
        offsets.forEachRun((from, count) -> {
            for (long offset = from; offset < from + count; offset++) {
                Long key = keys.get(offset);
                if (key == null) {
                    plain.add(offset);
                } else {
                    found.add(new Spot.Head(offset, key));
                }
            }
        });
        List<Spot.Run> runs = plain.toList();
        for (int i = 0; i < runs.size(); i += max) {
            spots.add(new Spot.Ready(line, runs.subList(i, Math.min(i + max, runs.size()))));
        }
        for (int i = 0; i < found.size(); i += max) {
            spots.add(new Spot.Heads(line, found.subList(i, Math.min(i + max, found.size()))));
        }
    }

    private static void runs(OffsetSet offsets, int max, Consumer<List<Spot.Run>> to) {
        var page = new ArrayList<Spot.Run>();
        offsets.forEachRun((from, count) -> {
            page.add(new Spot.Run(from, count));
            if (page.size() == max) {
                to.accept(page);
                page.clear();
            }
        });
        if (!page.isEmpty()) {
            to.accept(page);
        }
    }
}
