package sluice.consumer.stream;

import java.util.List;

/** Names of topics and patterns of names: {@code *} is any characters, {@code ?} is one. */
public record TopicPatterns(List<String> patterns) {

    public TopicPatterns {
        patterns = List.copyOf(patterns);
    }

    public static boolean isPattern(String text) {
        return text.indexOf('*') >= 0 || text.indexOf('?') >= 0;
    }

    public boolean matches(String name) {
        return patterns.stream().anyMatch(pattern -> matches(pattern, name));
    }

    /** Goes back only to the last star, so it takes no more than |pattern| × |name| steps. */
    public static boolean matches(String pattern, String name) {
        int at = 0;
        int in = 0;
        int afterStar = -1;
        int starEnd = 0;
        while (in < name.length()) {
            if (at < pattern.length() && pattern.charAt(at) == '*') {
                afterStar = ++at;
                starEnd = in;
            } else if (at < pattern.length()
                    && (pattern.charAt(at) == '?' || pattern.charAt(at) == name.charAt(in))) {
                at++;
                in++;
            } else if (afterStar >= 0) {
                at = afterStar;
                in = ++starEnd;
            } else {
                return false;
            }
        }
        while (at < pattern.length() && pattern.charAt(at) == '*') {
            at++;
        }
        return at == pattern.length();
    }
}
