package sluice.uploader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;
import sluice.uploader.ObjectStore.Found;

/** What every object store does; one subclass a store. Each test has a key prefix of its own. */
public abstract class ObjectStoreContract {

    protected abstract ObjectStore store();

    protected abstract BucketLifecycle lifecycle();

    @Test
    void whatWasPutIsRead() {
        store().put("read/a", List.of(bytes("he"), bytes(""), bytes("llo")));

        assertEquals(bytes("hello"), store().read("read/a", 0, 5));
        assertEquals(bytes("ell"), store().read("read/a", 1, 3));
        assertEquals(bytes("o"), store().read("read/a", 4, 1));
    }

    @Test
    void aPutLeavesTheBuffersAsTheyWere() {
        ByteBuffer part = ByteBuffer.wrap("xhellox".getBytes(StandardCharsets.US_ASCII), 1, 5);
        ByteBuffer direct = ByteBuffer.allocateDirect(3).put((byte) 'a').put((byte) 'b').flip();

        store().put("buffers/a", List.of(part, direct));

        assertEquals(1, part.position());
        assertEquals(2, direct.remaining());
        assertEquals(bytes("helloab"), store().read("buffers/a", 0, 7));
    }

    @Test
    void aLargeObjectOfManyPartsIsKeptByteForByte() {
        var random = new Random(4711);
        List<ByteBuffer> body = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            byte[] part = new byte[random.nextInt(40_000)];
            random.nextBytes(part);
            body.add(ByteBuffer.wrap(part));
        }
        ByteBuffer all = ByteBuffer.allocate(body.stream().mapToInt(ByteBuffer::remaining).sum());
        body.forEach(part -> all.put(part.duplicate()));
        all.flip();

        store().put("large/a", body);

        assertEquals(all, store().read("large/a", 0, all.remaining()));
        assertEquals(all.slice(1_000_000, 999_999), store().read("large/a", 1_000_000, 999_999));
        assertEquals(
                List.of(new Found("large/a", all.remaining())), store().list("large/", "", 10));
    }

    @Test
    void aSecondPutOfTheSameKeyAndBytesIsHarmless() {
        store().put("twice/a", List.of(bytes("same")));
        store().put("twice/a", List.of(bytes("same")));

        assertEquals(bytes("same"), store().read("twice/a", 0, 4));
    }

    @Test
    void anObjectThatIsNotThereIsNotFound() {
        assertError(Kind.NOT_FOUND, "missing-object", () -> store().read("missing/a", 0, 1));
    }

    @Test
    void aReadBeyondTheEndFails() {
        store().put("short/a", List.of(bytes("hello")));

        assertError(Kind.DATA, "short-object", () -> store().read("short/a", 0, 6));
        assertError(Kind.DATA, "short-object", () -> store().read("short/a", 3, 3));
        assertError(Kind.DATA, "short-object", () -> store().read("short/a", 5, 1));
        assertError(Kind.DATA, "short-object", () -> store().read("short/a", 1L << 40, 1));
    }

    @Test
    void aRangeOfNothingIsAProgrammingError() {
        assertThrows(IllegalArgumentException.class, () -> store().read("range/a", 0, 0));
        assertThrows(IllegalArgumentException.class, () -> store().read("range/a", -1, 1));
    }

    @Test
    void aListIsInOrderAndGoesOnAfterAKey() {
        for (String name : List.of("c", "a", "b/1", "b/0", "d")) {
            store().put("list/" + name, List.of(bytes(name)));
        }
        store().put("listing", List.of(bytes("not in the prefix")));

        assertEquals(List.of("list/a", "list/b/0", "list/b/1", "list/c", "list/d"), keys("", 10));
        assertEquals(List.of("list/a", "list/b/0"), keys("", 2));
        assertEquals(List.of("list/b/1", "list/c"), keys("list/b/0", 2));
        assertEquals(List.of("list/b/0"), keys("list/aa", 1));
        assertEquals(List.of(), keys("list/d", 10));
        assertEquals(List.of(), store().list("nothing/", "", 10));
    }

    @Test
    void aDeletedObjectIsGone() {
        store().put("delete/a", List.of(bytes("x")));

        store().delete("delete/a");
        store().delete("delete/a");
        store().delete("delete/never");

        assertError(Kind.NOT_FOUND, "missing-object", () -> store().read("delete/a", 0, 1));
        assertEquals(List.of(), store().list("delete/", "", 10));
    }

    @Test
    void theProbeFindsAllPromisesKeptAndLeavesNothingBehind() {
        new ObjectStoreProbe(store(), lifecycle(), new Random(1)).run();

        assertEquals(List.of(), store().list("probe/", "", 10));
    }

    @Test
    void lifecycleRulesAreInstalledOrTheStoreHasNone() {
        boolean installed = LifecycleRules.apply(lifecycle());

        assertEquals(lifecycle().rules().isPresent(), installed);
        if (installed) {
            assertTrue(lifecycle().rules().orElseThrow().containsAll(LifecycleRules.wanted()));
        }
    }

    private List<String> keys(String after, int max) {
        return store().list("list/", after, max).stream().map(Found::key).toList();
    }

    protected static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }

    protected static void assertError(
            Kind kind, String code, org.junit.jupiter.api.function.Executable call) {
        var error = assertThrows(SluiceException.class, call);
        assertEquals(code, error.code());
        assertEquals(kind, error.kind());
    }
}
