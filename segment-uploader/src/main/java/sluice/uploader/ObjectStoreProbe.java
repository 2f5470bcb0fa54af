package sluice.uploader;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;

/**
 * Asks a store at start whether it keeps its word, so that a gateway does not run on one that does
 * not. Owned by the thread that runs it.
 */
public final class ObjectStoreProbe {

    private static final Logger LOGGER = LoggerFactory.getLogger(ObjectStoreProbe.class);
    private static final String PREFIX = "probe/";

    private final ObjectStore store;
    private final BucketLifecycle lifecycle;
    private final RandomGenerator random;

    public ObjectStoreProbe(ObjectStore store, BucketLifecycle lifecycle, RandomGenerator random) {
        this.store = store;
        this.lifecycle = lifecycle;
        this.random = random;
    }

    /**
     * Writes, reads, lists, ranges over, replaces and deletes an object of its own, then checks the
     * bucket's lifecycle rules.
     *
     * @throws SluiceException INVALID {@code store-breaks-promise} naming the promise; {@code
     *     lifecycle-deletes-early} naming the rule; whatever the store throws
     */
    public void run() {
        String key = PREFIX + HexFormat.of().toHexDigits(random.nextLong());
        byte[] first = new byte[1024];
        random.nextBytes(first);
        byte[] second = new byte[700];
        random.nextBytes(second);
        try {
            store.put(
                    key, List.of(ByteBuffer.wrap(first, 0, 100), ByteBuffer.wrap(first, 100, 924)));
            promise(found(key, first.length), "list after put");
            promise(
                    store.read(key, 0, first.length).equals(ByteBuffer.wrap(first)),
                    "read after put");
            promise(
                    store.read(key, 99, 300).equals(ByteBuffer.wrap(first, 99, 300)),
                    "read of a range");
            promise(endsShort(key, first.length), "an error for a read beyond the end");
            store.put(key, List.of(ByteBuffer.wrap(second)));
            promise(
                    store.read(key, 0, second.length).equals(ByteBuffer.wrap(second))
                            && found(key, second.length),
                    "read after a second put");
        } finally {
            store.delete(key);
        }
        promise(!found(key, second.length) && isMissing(key), "nothing found after delete");
        checkLifecycle();
    }

    private void checkLifecycle() {
        Optional<List<BucketLifecycle.Rule>> rules = lifecycle.rules();
        if (rules.isEmpty()) {
            LOGGER.atWarn()
                    .log(
                            "the object store has no lifecycle interface: expired objects stay until"
                                    + " something else removes them");
            return;
        }
        LifecycleRules.check(rules.get());
    }

    private boolean found(String key, int length) {
        return store.list(key, "", 2).equals(List.of(new ObjectStore.Found(key, length)));
    }

    private boolean endsShort(String key, int length) {
        try {
            store.read(key, length - 10, 20);
            return false;
        } catch (SluiceException e) {
            if (e.code().equals("short-object")) {
                return true;
            }
            throw e;
        }
    }

    private boolean isMissing(String key) {
        try {
            store.read(key, 0, 1);
            return false;
        } catch (SluiceException e) {
            if (e.kind() == Kind.NOT_FOUND) {
                return true;
            }
            throw e;
        }
    }

    private static void promise(boolean kept, String promise) {
        if (!kept) {
            throw new SluiceException(
                    Kind.INVALID,
                    "store-breaks-promise",
                    "the object store does not keep a promise Sluice needs: promise='%s'; use another store"
                            .formatted(promise));
        }
    }
}
