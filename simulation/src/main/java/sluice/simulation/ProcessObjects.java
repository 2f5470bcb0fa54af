package sluice.simulation;

import java.nio.ByteBuffer;
import java.util.List;
import sluice.uploader.ObjectStore;

/** The bucket as one process sees it. */
final class ProcessObjects implements ObjectStore {

    private final ObjectStore store;
    private final Steps steps;

    ProcessObjects(ObjectStore store, Steps steps) {
        this.store = store;
        this.steps = steps;
    }

    @Override
    public void put(String key, List<ByteBuffer> body) {
        steps.before(Steps.Port.OBJECTS);
        store.put(key, body);
        steps.after(Steps.Port.OBJECTS);
    }

    @Override
    public ByteBuffer read(String key, long from, int length) {
        steps.before(Steps.Port.OBJECTS);
        return store.read(key, from, length);
    }

    @Override
    public List<Found> list(String prefix, String after, int max) {
        steps.before(Steps.Port.OBJECTS);
        return store.list(prefix, after, max);
    }

    @Override
    public void delete(String key) {
        steps.before(Steps.Port.OBJECTS);
        store.delete(key);
        steps.after(Steps.Port.OBJECTS);
    }

    @Override
    public void close() {}
}
