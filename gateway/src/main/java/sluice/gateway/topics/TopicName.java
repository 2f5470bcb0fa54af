package sluice.gateway.topics;

/**
 * The names that topics and groups may have: 1 to 249 of {@code a-z A-Z 0-9 . _ -}, as in Kafka;
 * neither {@code .} nor {@code ..}, which paths swallow; not beginning with {@code __}, which is
 * ours.
 */
public final class TopicName {

    private static final int LENGTH_MAX = 249;
    private static final int SHOWN_MAX = 64;

    private TopicName() {}

    public static boolean isValid(String name) {
        if (name.isEmpty()
                || name.length() > LENGTH_MAX
                || name.equals(".")
                || name.equals("..")
                || name.startsWith("__")) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            if (!isAllowed(name.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isAllowed(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '.'
                || c == '_'
                || c == '-';
    }

    public static String whyNot(String name) {
        String shown = name.length() <= SHOWN_MAX ? name : name.substring(0, SHOWN_MAX) + "…";
        return "length=%d name=%s".formatted(name.length(), shown);
    }
}
