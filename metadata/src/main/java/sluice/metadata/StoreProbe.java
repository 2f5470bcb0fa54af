package sluice.metadata;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;
import sluice.metadata.ItemStore.Item;
import sluice.metadata.ItemStore.Table;
import sluice.metadata.ItemStore.Written;

/**
 * Asks a store whether it keeps its word, before anything is trusted to it. A store that calls
 * itself DynamoDB-compatible may check conditions without holding a lock, or answer from a replica;
 * that costs data, but only later.
 *
 * <p>It works on the item {@code probe/<name>} of the table {@code cluster}, and leaves nothing
 * behind: {@value #ROUNDS} rounds of races, since one that is not atomic is won twice now and then
 * only, and in {@value #THOROUGH} of them everything else. A gateway's start waits for it, some
 * sixty small requests one after another.
 */
public final class StoreProbe {

    static final int ROUNDS = 8;
    private static final int THOROUGH = 2;

    private static final Table TABLE = Table.CLUSTER;

    private final ItemStore store;
    private final Executor executor;
    private final String key;
    private int attempts;

    /**
     * @param executor runs two racing writes at the same time
     * @param name of its own for each process that may probe at the same time, such as the node's
     *     id
     */
    public StoreProbe(ItemStore store, Executor executor, String name) {
        this.store = store;
        this.executor = executor;
        this.key = "probe/" + name;
    }

    /**
     * Returns if the store kept its word.
     *
     * @throws SluiceException INVALID with code {@code metadata-store-unfit} and the name of the
     *     broken property: do not run on this store. UNAVAILABLE or UNKNOWN_OUTCOME if it could not
     *     be asked: probe again later
     */
    public void check() {
        removeLeftover();
        for (int round = 0; round < ROUNDS; round++) {
            Item created = racingCreates(round);
            Item replaced = racingReplaces(round, created);
            if (round < THOROUGH) {
                conditions(round, created, replaced);
                removal(round, replaced);
            } else {
                delete(round, replaced);
            }
        }
    }

    private void removeLeftover() {
        var leftover = store.get(TABLE, key);
        if (leftover.isPresent()
                && store.delete(TABLE, key, leftover.get().version()) instanceof Written.Conflict
                && store.get(TABLE, key).isPresent()) {
            throw unfit(
                    "consistent-read",
                    0,
                    "an item could not be deleted at the version just read; or another process probes under this name");
        }
    }

    private Item racingCreates(int round) {
        return race("racing-create", round, 0);
    }

    private Item racingReplaces(int round, Item created) {
        Item replaced = race("racing-replace", round, created.version());
        if (replaced.version() != created.version() + 1) {
            throw unfit(
                    "racing-replace",
                    round,
                    "version=%d expectedVersion=%d"
                            .formatted(replaced.version(), created.version() + 1));
        }
        if (!replaced.earlier().equals(List.of(created.attempt()))) {
            throw unfit(
                    "attempt-memory",
                    round,
                    "earlier=%s expectedEarlier=[%s]"
                            .formatted(replaced.earlier(), created.attempt()));
        }
        return replaced;
    }

    /** Two write on the same condition at the same time; the item found is the one winner's. */
    private Item race(String property, int round, long expectedVersion) {
        var racers = new ArrayList<Racer>();
        for (int lane = 0; lane < 2; lane++) {
            String attempt = "probe-" + round + "-" + attempts++;
            racers.add(
                    new Racer(
                            attempt,
                            CompletableFuture.supplyAsync(
                                    put(expectedVersion, attempt), executor)));
        }
        var winners =
                racers.stream().filter(racer -> racer.result() instanceof Written.Applied).toList();
        if (winners.size() != 1) {
            throw unfit(property, round, "winners=%d expectedWinners=1".formatted(winners.size()));
        }
        Item found = read(round, winners.getFirst().attempt());
        if (!(winners.getFirst().result() instanceof Written.Applied(long version))
                || version != found.version()) {
            throw unfit("consistent-read", round, "readVersion=" + found.version());
        }
        return found;
    }

    private void conditions(int round, Item created, Item replaced) {
        if (put(0, "probe-late-create").get() instanceof Written.Applied) {
            throw unfit("conditional-create", round, "an existing item was created again");
        }
        if (put(created.version(), "probe-late-replace").get() instanceof Written.Applied) {
            throw unfit("conditional-replace", round, "a version was replaced that was gone");
        }
        if (!read(round, replaced.attempt()).equals(replaced)) {
            throw unfit("conditional-replace", round, "a refused write changed the item");
        }
    }

    private void removal(int round, Item present) {
        if (store.delete(TABLE, key, present.version() - 1) instanceof Written.Applied) {
            throw unfit("conditional-delete", round, "a version was deleted that was gone");
        }
        read(round, present.attempt());
        delete(round, present);
        if (store.get(TABLE, key).isPresent()) {
            throw unfit("consistent-read", round, "a deleted item was read");
        }
        if (store.delete(TABLE, key, present.version()) instanceof Written.Applied) {
            throw unfit("conditional-delete", round, "an item was deleted twice");
        }
    }

    private void delete(int round, Item present) {
        if (store.delete(TABLE, key, present.version()) instanceof Written.Conflict) {
            throw unfit("conditional-delete", round, "the version just read was not deleted");
        }
    }

    private Item read(int round, String expectedAttempt) {
        var found = store.get(TABLE, key);
        if (found.isEmpty() || !found.get().attempt().equals(expectedAttempt)) {
            throw unfit(
                    "consistent-read",
                    round,
                    "the last write was not read: attempt=%s expectedAttempt=%s"
                            .formatted(found.map(Item::attempt).orElse("none"), expectedAttempt));
        }
        if (round < THOROUGH && !store.scan(TABLE, key).equals(List.of(found.get()))) {
            throw unfit("consistent-scan", round, "a scan did not find the item as it was read");
        }
        return found.get();
    }

    private Supplier<Written> put(long expectedVersion, String attempt) {
        return () ->
                store.put(TABLE, key, expectedVersion, attempt, "{\"by\":\"" + attempt + "\"}");
    }

    private record Racer(String attempt, CompletableFuture<Written> running) {
        Written result() {
            try {
                return running.join();
            } catch (CompletionException e) {
                @Nullable Throwable cause = e.getCause();
                if (cause instanceof SluiceException known) {
                    throw known;
                }
                throw e;
            }
        }
    }

    private static SluiceException unfit(String property, int round, String found) {
        return new SluiceException(
                Kind.INVALID,
                "metadata-store-unfit",
                "the metadata store does not keep its word: property=%s round=%d %s; use a store with atomic conditional writes and consistent reads"
                        .formatted(property, round, found));
    }
}
