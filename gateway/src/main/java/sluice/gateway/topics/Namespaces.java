package sluice.gateway.topics;

/**
 * Which tenant a request speaks for. Today there is one; when callers are known by name, it is
 * decided here and nowhere else.
 */
public final class Namespaces {

    private static final String DEFAULT = "default";

    private Namespaces() {}

    public static String ofRequest() {
        return DEFAULT;
    }
}
