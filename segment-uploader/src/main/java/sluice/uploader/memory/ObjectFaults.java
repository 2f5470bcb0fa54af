package sluice.uploader.memory;

/**
 * Decides, call by call, what goes wrong. Called under the store's lock; must not call the store.
 */
@FunctionalInterface
public interface ObjectFaults {

    /** A call, by its method. */
    enum Call {
        PUT,
        READ,
        LIST,
        DELETE
    }

    /** What becomes of a call. */
    enum Fate {
        WELL,
        /** Nothing is done: UNAVAILABLE. */
        FAIL_BEFORE,
        /** It is done, but the answer is lost: UNKNOWN_OUTCOME, of a read or list UNAVAILABLE. */
        LOSE_RESPONSE
    }

    /**
     * @param key the object's key, or the prefix of a list
     */
    Fate next(Call call, String key);

    /** Nothing goes wrong. */
    static ObjectFaults none() {
        return (call, key) -> Fate.WELL;
    }
}
