package sluice.gateway.group;

import java.util.Optional;

/** What a member says of itself, within bounds: the coordinator keeps it, and people read it. */
final class MemberLabels {

    private static final int INSTANCE_MAX = 128;
    private static final int CLIENT_MAX = 256;

    private MemberLabels() {}

    static Optional<String> instance(JsonFields from) {
        Optional<String> instance = from.text("instance");
        if (instance.isPresent() && !isShort(instance.get(), 1, INSTANCE_MAX)) {
            throw from.bad(
                    "instance", "expected 1 to %d printable characters".formatted(INSTANCE_MAX));
        }
        return instance;
    }

    static String client(JsonFields from) {
        String client = from.text("client").orElse("");
        if (!isShort(client, 0, CLIENT_MAX)) {
            throw from.bad(
                    "client", "expected up to %d printable characters".formatted(CLIENT_MAX));
        }
        return client;
    }

    private static boolean isShort(String text, int min, int max) {
        return text.length() >= min
                && text.length() <= max
                && text.chars().noneMatch(Character::isISOControl);
    }
}
