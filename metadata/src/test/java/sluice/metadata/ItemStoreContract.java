package sluice.metadata;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import sluice.log.SluiceException;
import sluice.metadata.ItemStore.Item;
import sluice.metadata.ItemStore.Table;
import sluice.metadata.ItemStore.Written;

/** What every item store promises. */
public abstract class ItemStoreContract {

    /** An empty store, the same throughout one test. */
    protected abstract ItemStore store();

    private final Written conflict = new Written.Conflict();

    private long created(Table table, String key, String attempt, String body) {
        return assertInstanceOf(Written.Applied.class, store().put(table, key, 0, attempt, body))
                .version();
    }

    private List<String> scanned(String prefix) {
        return store().scan(Table.TOPICS, prefix).stream().map(Item::key).toList();
    }

    @Test
    void theProbeFindsNothingToRefuse() {
        try (var executor = Executors.newFixedThreadPool(2)) {
            new StoreProbe(store(), executor, "contract").check();
        }

        assertEquals(List.of(), store().scan(Table.CLUSTER, ""));
    }

    @Nested
    class AWrite {

        @Test
        void isReadAsItWasWritten() {
            String body = "{\"text\":\"a \\\" ü 語 \uD83D\uDE80\"}";

            long version = created(Table.WALS, "key", "one", body);

            assertEquals(
                    Optional.of(new Item("key", version, "one", List.of(), body)),
                    store().get(Table.WALS, "key"));
        }

        @Test
        void stillIsReadWhenEmpty() {
            created(Table.WALS, "key", "one", "");

            assertEquals("", store().get(Table.WALS, "key").orElseThrow().body());
        }

        @Test
        void ofOneTableIsNotSeenInAnother() {
            created(Table.WALS, "key", "one", "{}");

            assertEquals(Optional.empty(), store().get(Table.SLOTS, "key"));
        }

        @Test
        void createsOnlyWhatIsNotThere() {
            long version = created(Table.WALS, "key", "one", "1");

            assertEquals(conflict, store().put(Table.WALS, "key", 0, "two", "2"));
            assertEquals(
                    Optional.of(new Item("key", version, "one", List.of(), "1")),
                    store().get(Table.WALS, "key"));
        }

        @Test
        void replacesOnlyTheExpectedVersion() {
            long version = created(Table.WALS, "key", "one", "1");

            assertEquals(
                    new Written.Applied(version + 1),
                    store().put(Table.WALS, "key", version, "two", "2"));
            assertEquals(conflict, store().put(Table.WALS, "key", version, "three", "3"));
            assertEquals(conflict, store().put(Table.WALS, "key", version + 2, "four", "4"));
            assertEquals(
                    Optional.of(new Item("key", version + 1, "two", List.of("one"), "2")),
                    store().get(Table.WALS, "key"));
        }

        @Test
        void replacesNothingThatIsNotThere() {
            assertEquals(conflict, store().put(Table.WALS, "key", 1, "one", "1"));
            assertEquals(Optional.empty(), store().get(Table.WALS, "key"));
        }

        @Test
        void remembersTheLastAttempts() {
            long version = created(Table.WALS, "key", "0", "");
            for (int i = 1; i <= 6; i++) {
                store().put(Table.WALS, "key", version + i - 1, Integer.toString(i), "");
            }

            Item item = store().get(Table.WALS, "key").orElseThrow();
            assertEquals("6", item.attempt());
            assertEquals(List.of("5", "4", "3"), item.earlier());
        }

        @Test
        void isRefusedIfItsBodyIsTooLarge() {
            String largest = "ü".repeat(ItemStore.BODY_BYTES_MAX / 2);
            long version = created(Table.WALS, "key", "one", largest);

            var refused =
                    assertThrows(
                            SluiceException.class,
                            () -> store().put(Table.WALS, "key", version, "two", largest + "."));
            assertEquals("item-too-large", refused.code());
            assertEquals(SluiceException.Kind.INVALID, refused.kind());
            assertEquals(largest, store().get(Table.WALS, "key").orElseThrow().body());
        }

        @Test
        void isRefusedIfItsKeyIsTooLong() {
            created(Table.WALS, "k".repeat(ItemStore.KEY_BYTES_MAX), "one", "");

            var refused =
                    assertThrows(
                            SluiceException.class,
                            () ->
                                    store().put(
                                                    Table.WALS,
                                                    "k".repeat(ItemStore.KEY_BYTES_MAX + 1),
                                                    0,
                                                    "one",
                                                    ""));
            assertEquals("item-key", refused.code());
        }

        @Test
        void isAppliedOnceAmongManyThatRace() throws Exception {
            int racers = 8;
            for (int round = 0; round < 10; round++) {
                String key = "race-" + round;
                long version = round % 2 == 0 ? 0 : created(Table.WALS, key, "first", "");
                var start = new CyclicBarrier(racers);
                try (var executor = Executors.newFixedThreadPool(racers)) {
                    var running =
                            IntStream.range(0, racers)
                                    .mapToObj(racer ->
                                            executor.submit(() -> {
                                                start.await(10, TimeUnit.SECONDS);
                                                return store().put(
                                                                Table.WALS,
                                                                key,
                                                                version,
                                                                "r" + racer,
                                                                "" + racer);
                                            }))
                                    .toList();
                    var winners = new ArrayList<Integer>();
                    for (int racer = 0; racer < racers; racer++) {
                        if (running.get(racer).get(30, TimeUnit.SECONDS)
                                instanceof Written.Applied) {
                            winners.add(racer);
                        }
                    }
                    assertEquals(1, winners.size(), "round=" + round + " winners=" + winners);
                    assertEquals(
                            "r" + winners.getFirst(),
                            store().get(Table.WALS, key).orElseThrow().attempt());
                }
            }
        }

        @Test
        void isNeitherLostNorDoubledAmongThreadsThatCount() throws Exception {
            var items = new Items(store(), new SplittableRandom(1), Pause.blocking());
            int threads = 4;
            int each = 5;
            try (var executor = Executors.newFixedThreadPool(threads)) {
                var all =
                        Stream.generate(() ->
                                        CompletableFuture.runAsync(
                                                () -> countTo(items, each), executor))
                                .limit(threads)
                                .toArray(CompletableFuture[]::new);
                CompletableFuture.allOf(all).get(60, TimeUnit.SECONDS);
            }

            assertEquals(
                    Integer.toString(threads * each),
                    store().get(Table.CLUSTER, "count").orElseThrow().body());
        }

        private void countTo(Items items, int each) {
            for (int i = 0; i < each; i++) {
                items.update(
                        Table.CLUSTER,
                        "count",
                        found ->
                                Optional.of(
                                        Integer.toString(
                                                found.map(Integer::parseInt).orElse(0) + 1)));
            }
        }
    }

    @Nested
    class ARemoval {

        @Test
        void takesOnlyTheExpectedVersion() {
            long version = created(Table.WALS, "key", "one", "1");

            assertEquals(conflict, store().delete(Table.WALS, "key", version + 1));
            assertEquals(conflict, store().delete(Table.WALS, "key", 0));
            assertTrue(store().get(Table.WALS, "key").isPresent());
            assertInstanceOf(Written.Applied.class, store().delete(Table.WALS, "key", version));
            assertEquals(Optional.empty(), store().get(Table.WALS, "key"));
        }

        @Test
        void ofNothingIsAConflict() {
            assertEquals(conflict, store().delete(Table.WALS, "key", 1));
            assertEquals(conflict, store().delete(Table.WALS, "key", 0));
        }

        @Test
        void leavesNoVersionThatALateWriteCouldStillFit() {
            long before = created(Table.WALS, "key", "one", "1");
            store().delete(Table.WALS, "key", before);
            long after = created(Table.WALS, "key", "two", "2");

            assertNotEquals(before, after);
            assertEquals(conflict, store().put(Table.WALS, "key", before, "late", "1"));
            assertEquals(
                    Optional.of(new Item("key", after, "two", List.of(), "2")),
                    store().get(Table.WALS, "key"));
        }
    }

    @Nested
    class AScan {

        @Test
        void findsKeysByPrefixInTheirOrder() {
            for (String key :
                    List.of(
                            "ns/b", "ns/a", "ns10/a", "ns", "n", "ns/a/x", "other", "ns/B",
                            "ns0")) {
                created(Table.TOPICS, key, "one", "");
            }

            assertEquals(List.of("ns/B", "ns/a", "ns/a/x", "ns/b"), scanned("ns/"));
            assertEquals(List.of("ns/a", "ns/a/x"), scanned("ns/a"));
            assertEquals(List.of("ns10/a"), scanned("ns1"));
            assertEquals(
                    List.of("ns", "ns/B", "ns/a", "ns/a/x", "ns/b", "ns0", "ns10/a"),
                    scanned("ns"));
            assertEquals(9, scanned("").size());
            assertEquals(List.of(), scanned("none/"));
        }

        @Test
        void ordersKeysByTheirBytes() {
            var keys = List.of("ns/z", "ns/é", "ns/\uFF5E", "ns/\uD83D\uDE80");
            keys.reversed().forEach(key -> created(Table.TOPICS, key, "one", ""));

            assertEquals(keys, scanned("ns/"));
            assertEquals(keys, scanned(""));
        }

        @Test
        void goesOnAfterAKeyPageByPage() {
            for (int i = 0; i < 7; i++) {
                created(Table.TOPICS, "ns/" + i, "one", "");
                created(Table.TOPICS, "nt/" + i, "one", "");
            }

            assertEquals(List.of("ns/0", "ns/1", "ns/2"), page("ns/", "", 3));
            assertEquals(List.of("ns/3", "ns/4", "ns/5"), page("ns/", "ns/2", 3));
            assertEquals(List.of("ns/6"), page("ns/", "ns/5", 3));
            assertEquals(List.of(), page("ns/", "ns/6", 3));
            assertEquals(List.of("ns/3"), page("ns/", "ns/25", 1));
            assertEquals(List.of(), page("ns/", "zz", 3));
            assertEquals(List.of("ns/0"), page("ns/", "a", 1));
            assertEquals(List.of("ns/6", "nt/0"), page("n", "ns/5", 2));
        }

        private List<String> page(String prefix, String afterKey, int max) {
            return store().scanAfter(Table.TOPICS, prefix, afterKey, max).stream()
                    .map(Item::key)
                    .toList();
        }

        @Test
        void readsOnWhereTheStorePartsItsAnswers() {
            // Three megabytes: DynamoDB answers with one at most.
            String body = "x".repeat(100 * 1024);
            for (int i = 0; i < 30; i++) {
                created(Table.TOPICS, String.format(Locale.ROOT, "ns/%02d", i), "one", body);
            }

            assertEquals(30, scanned("ns/").size());
            assertEquals(30, scanned("").size());
            assertEquals(30, store().scanAfter(Table.TOPICS, "ns/", "", 100).size());
        }

        @Test
        void findsItemsAsTheyAreRead() {
            long version = created(Table.TOPICS, "ns/a", "one", "1");
            store().put(Table.TOPICS, "ns/a", version, "two", "2");

            var read = store().get(Table.TOPICS, "ns/a").stream().toList();
            assertEquals(read, store().scan(Table.TOPICS, "ns/"));
            assertEquals(read, store().scan(Table.TOPICS, ""));
        }
    }
}
