package sluice.uploader.memory;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;
import sluice.uploader.BucketLifecycle;
import sluice.uploader.ObjectStore;
import sluice.uploader.memory.ObjectFaults.Call;

/**
 * A bucket in memory. Strongly consistent, safe from any thread, never waits; faults come from
 * {@link ObjectFaults} and from the methods that damage what is stored.
 */
public final class MemoryObjectStore implements ObjectStore, BucketLifecycle {

    private final ReentrantLock lock = new ReentrantLock();
    private final NavigableMap<String, byte[]> objects = new TreeMap<>();
    private ObjectFaults faults = ObjectFaults.none();
    private Optional<List<Rule>> rules = Optional.of(List.of());

    /** From now on, calls meet these faults. */
    public void faults(ObjectFaults next) {
        locked(() -> faults = next);
    }

    /** Cuts a stored object, as an operator or a bad store would. */
    public void truncate(String key, int length) {
        locked(() -> objects.computeIfPresent(key, (k, body) -> Arrays.copyOf(body, length)));
    }

    /** Inverts one byte of a stored object. */
    public void corrupt(String key, int at) {
        locked(() ->
                objects.computeIfPresent(
                        key,
                        (k, body) -> {
                            byte[] damaged = body.clone();
                            damaged[at] = (byte) ~damaged[at];
                            return damaged;
                        }));
    }

    /** Removes an object behind everyone's back, as a lifecycle rule would; meets no fault. */
    public void lose(String key) {
        locked(() -> objects.remove(key));
    }

    /** Keys of all objects, in order; meets no fault. */
    public List<String> keys() {
        return locked(() -> List.copyOf(objects.keySet()));
    }

    /** Length in bytes of a stored object, −1 if there is none; meets no fault. */
    public int length(String key) {
        return locked(() -> {
            byte[] body = objects.get(key);
            return body == null ? -1 : body.length;
        });
    }

    /** Sets the bucket's rules; empty for a store that has no lifecycle interface. */
    public void bucketRules(
            @SuppressWarnings("OptionalUsedAsFieldOrParameterType") Optional<List<Rule>> next) {
        locked(() -> rules = next.map(List::copyOf));
    }

    @Override
    public void put(String key, List<ByteBuffer> body) {
        byte[] bytes = copy(body);
        locked(() -> change(Call.PUT, key, () -> objects.put(key, bytes)));
    }

    @Override
    public ByteBuffer read(String key, long from, int length) {
        if (from < 0 || length <= 0) {
            throw new IllegalArgumentException("not a range: from=" + from + " length=" + length);
        }
        return locked(() -> {
            look(Call.READ, key);
            byte[] body = objects.get(key);
            if (body == null) {
                throw new SluiceException(
                        Kind.NOT_FOUND, "missing-object", "no such object: key=" + key);
            }
            if (from > body.length - (long) length) {
                throw new SluiceException(
                        Kind.DATA,
                        "short-object",
                        "the object ends too early: key=%s expectedLength>=%d actualLength=%d"
                                .formatted(key, from + length, body.length));
            }
            return ByteBuffer.wrap(body, (int) from, length).slice().asReadOnlyBuffer();
        });
    }

    @Override
    public List<Found> list(String prefix, String after, int max) {
        return locked(() -> {
            look(Call.LIST, prefix);
            List<Found> found = new ArrayList<>();
            boolean fromPrefix = prefix.compareTo(after) > 0;
            var tail = objects.tailMap(fromPrefix ? prefix : after, fromPrefix);
            for (var entry : tail.entrySet()) {
                if (found.size() == max || !entry.getKey().startsWith(prefix)) {
                    break;
                }
                found.add(new Found(entry.getKey(), entry.getValue().length));
            }
            return List.copyOf(found);
        });
    }

    @Override
    public void delete(String key) {
        locked(() -> change(Call.DELETE, key, () -> objects.remove(key)));
    }

    @Override
    public Optional<List<Rule>> rules() {
        return locked(() -> rules);
    }

    @Override
    public boolean install(String idPrefix, List<Rule> ours) {
        return locked(() -> {
            if (rules.isEmpty()) {
                return false;
            }
            List<Rule> all = new ArrayList<>(ours);
            rules.get().stream().filter(rule -> !rule.id().startsWith(idPrefix)).forEach(all::add);
            rules = Optional.of(List.copyOf(all));
            return true;
        });
    }

    @Override
    public void close() {}

    private Object change(Call call, String key, Runnable change) {
        switch (faults.next(call, key)) {
            case WELL -> change.run();
            case FAIL_BEFORE -> throw unavailable(call, key);
            case LOSE_RESPONSE -> {
                change.run();
                throw new SluiceException(
                        Kind.UNKNOWN_OUTCOME,
                        "object-store-silent",
                        "the store's answer was lost: call=%s key=%s".formatted(call, key));
            }
        }
        return key;
    }

    private void look(Call call, String key) {
        if (faults.next(call, key) != ObjectFaults.Fate.WELL) {
            throw unavailable(call, key);
        }
    }

    private static SluiceException unavailable(Call call, String key) {
        return new SluiceException(
                Kind.UNAVAILABLE,
                "object-store-unavailable",
                "the store did not answer: call=%s key=%s; retry".formatted(call, key));
    }

    private static byte[] copy(List<ByteBuffer> body) {
        int length = 0;
        for (ByteBuffer part : body) {
            length = Math.addExact(length, part.remaining());
        }
        ByteBuffer all = ByteBuffer.allocate(length);
        body.forEach(part -> all.put(part.duplicate()));
        return all.array();
    }

    private <T extends @Nullable Object> T locked(Supplier<T> body) {
        lock.lock();
        try {
            return body.get();
        } finally {
            lock.unlock();
        }
    }
}
