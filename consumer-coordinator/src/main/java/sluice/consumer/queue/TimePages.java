package sluice.consumer.queue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Messages by the time at which they are ready, in pages of a span of time and a line, in which a
 * message takes 8 bytes, and 16 with a key. A page is sorted when somebody looks into it. Owned by
 * one lane.
 */
final class TimePages {

    /** Told of a message. */
    interface To {
        void message(Line line, Spot.Late message);
    }

    /** Milliseconds of the span and offset together are one positive number. */
    private static final int ENTRY_BITS = 63;

    private final int spanBits;
    private final int offsetBits;
    private final TreeMap<Long, TreeMap<Line, Page>> spans = new TreeMap<>();
    private long count;

    /**
     * @param spanBits a page has messages of a span of 2^spanBits milliseconds
     */
    TimePages(int spanBits) {
        this.spanBits = spanBits;
        this.offsetBits = ENTRY_BITS - spanBits;
    }

    long count() {
        return count;
    }

    /** The span in which that time is. */
    long spanOf(long ms) {
        return ms >>> spanBits;
    }

    void add(Line line, Spot.Late message) {
        if (message.offset() >>> offsetBits != 0 || message.untilMs() < 0) {
            throw new IllegalArgumentException("message=" + message);
        }
        long inSpan = message.untilMs() - (spanOf(message.untilMs()) << spanBits);
        spans.computeIfAbsent(spanOf(message.untilMs()), _ -> new TreeMap<>())
                .computeIfAbsent(line, _ -> new Page())
                .add(inSpan << offsetBits | message.offset(), message.key());
        count++;
    }

    private Spot.Late message(Page page, int index, long span) {
        long entry = page.entries[index];
        long[] keys = page.keys;
        return new Spot.Late(
                entry & ((1L << offsetBits) - 1),
                (span << spanBits) + (entry >>> offsetBits),
                keys == null ? Mark.NO_KEY : keys[index]);
    }

    /** When the first of them is ready; {@link Long#MAX_VALUE} if there is none. */
    long nextMs() {
        if (spans.isEmpty()) {
            return Long.MAX_VALUE;
        }
        long min = Long.MAX_VALUE;
        for (Page each : spans.firstEntry().getValue().values()) {
            min = Math.min(min, each.min);
        }
        return (spans.firstKey() << spanBits) + (min >>> offsetBits);
    }

    /** Takes out those whose time is not after that. */
    void takeDue(long nowMs, To to) {
        while (nextMs() <= nowMs) {
            long span = spans.firstKey();
            TreeMap<Line, Page> pages = spans.firstEntry().getValue();
            for (Map.Entry<Line, Page> each : List.copyOf(pages.entrySet())) {
                takeDue(each.getValue(), each.getKey(), span, nowMs, to);
                if (each.getValue().isEmpty()) {
                    pages.remove(each.getKey());
                }
            }
            if (pages.isEmpty()) {
                spans.remove(span);
            }
        }
    }

    private void takeDue(Page page, Line line, long span, long nowMs, To to) {
        page.sort();
        while (!page.isEmpty()) {
            Spot.Late message = message(page, page.next, span);
            if (message.untilMs() > nowMs) {
                page.min = page.entries[page.next];
                return;
            }
            page.next++;
            count--;
            to.message(line, message);
        }
    }

    /** Takes out all of the first span, in any order. */
    void takeSpan(To to) {
        Map.Entry<Long, TreeMap<Line, Page>> first = spans.pollFirstEntry();
        if (first != null) {
            first.getValue()
                    .forEach((line, page) -> {
                        count -= page.size - page.next;
                        for (int i = page.next; i < page.size; i++) {
                            to.message(line, message(page, i, first.getKey()));
                        }
                    });
        }
    }

    /** Those of a line are told by their time, then by offset. */
    void forEach(To to) {
        spans.forEach((span, pages) ->
                pages.forEach((line, page) -> {
                    page.sort();
                    for (int i = page.next; i < page.size; i++) {
                        to.message(line, message(page, i, span));
                    }
                }));
    }

    void clear() {
        spans.clear();
        count = 0;
    }

    /** Time in the span and offset of each, from {@code next} to before {@code size}. */
    private static final class Page {
        long[] entries = new long[4];
        long @Nullable [] keys;
        int next;
        int size;
        boolean isSorted = true;

        /** The lowest of those that are left. */
        long min = Long.MAX_VALUE;

        void add(long entry, long key) {
            if (size == entries.length) {
                entries = Arrays.copyOf(entries, size + size / 4 + 1);
                keys = keys == null ? null : Arrays.copyOf(keys, entries.length);
            }
            isSorted &= next == size || entry >= entries[size - 1];
            long[] all = keys;
            if (all == null && key != Mark.NO_KEY) {
                all = new long[entries.length];
                keys = all;
            }
            if (all != null) {
                all[size] = key;
            }
            entries[size++] = entry;
            min = Math.min(min, entry);
        }

        void sort() {
            if (isSorted) {
                return;
            }
            isSorted = true;
            long[] all = keys;
            if (all == null) {
                Arrays.sort(entries, next, size);
                return;
            }
            var pairs = new ArrayList<long[]>(size - next);
            for (int i = next; i < size; i++) {
                pairs.add(new long[] {entries[i], all[i]});
            }
            pairs.sort((one, other) -> Long.compare(one[0], other[0]));
            for (int i = next; i < size; i++) {
                entries[i] = pairs.get(i - next)[0];
                all[i] = pairs.get(i - next)[1];
            }
        }

        boolean isEmpty() {
            return next == size;
        }
    }
}
