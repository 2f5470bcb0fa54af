package sluice.uploader;

import java.nio.ByteBuffer;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;

/** Reads of objects that committed metadata refers to: there, a missing object is lost data. */
final class ReferencedObjects {

    private ReferencedObjects() {}

    /**
     * @throws SluiceException DATA {@code missing-object} or {@code short-object}; UNAVAILABLE
     */
    static ByteBuffer read(ObjectStore store, String key, long from, int length) {
        try {
            return store.read(key, from, length);
        } catch (SluiceException e) {
            if (e.kind() == Kind.NOT_FOUND) {
                throw new SluiceException(
                        Kind.DATA,
                        "missing-object",
                        "an object that the index refers to is gone: key=%s; look for lifecycle rules and manual deletes"
                                .formatted(key),
                        e);
            }
            throw e;
        }
    }
}
