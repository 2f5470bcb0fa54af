package sluice.engine.exchange;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Patterns of topic exchanges, as a trie of words. Keys and patterns are cut at dots into words; an
 * empty one has none. In a pattern {@code *} stands for exactly one word, {@code #} for any number
 * of them, none too; both only where they are the whole word. In a key they are words as others.
 *
 * <p>A key walks all branches at once, word by word, as a set of nodes. So its cost is at most its
 * words times the nodes that can be reached, whatever the patterns: trying the ways of several
 * {@code #} one after another would take more steps than there are atoms.
 */
final class TopicPatterns {

    private static final String ONE = "*";
    private static final String ANY = "#";

    private static final class Node {
        private final boolean isAny;
        private final Map<String, Node> byWord = new HashMap<>(2);
        private @Nullable Node one;
        private @Nullable Node any;
        private int[] targets = {};

        Node(boolean isAny) {
            this.isAny = isAny;
        }

        void addTarget(int target) {
            targets = Arrays.copyOf(targets, targets.length + 1);
            targets[targets.length - 1] = target;
        }
    }

    private final Node root = new Node(false);

    void add(String pattern, int target) {
        Node at = root;
        for (String word : words(pattern)) {
            at = child(at, word);
        }
        at.addTarget(target);
    }

    private static Node child(Node at, String word) {
        switch (word) {
            case ANY -> {
                // Two in a row stand for what one does.
                if (at.isAny) {
                    return at;
                }
                Node any = at.any == null ? new Node(true) : at.any;
                at.any = any;
                return any;
            }
            case ONE -> {
                Node one = at.one == null ? new Node(false) : at.one;
                at.one = one;
                return one;
            }
            default -> {
                return at.byWord.computeIfAbsent(word, _ -> new Node(false));
            }
        }
    }

    void match(String key, BitSet matched) {
        var here = new Reached();
        here.add(root);
        for (String word : words(key)) {
            var next = new Reached();
            for (Node node : here.nodes) {
                if (node.isAny) {
                    next.add(node);
                }
                Node exact = node.byWord.get(word);
                if (exact != null) {
                    next.add(exact);
                }
                if (node.one != null) {
                    next.add(node.one);
                }
            }
            here = next;
        }
        for (Node node : here.nodes) {
            for (int target : node.targets) {
                matched.set(target);
            }
        }
    }

    /**
     * The nodes that a key's first words lead to, each once. A node is led to by its parent alone,
     * but for {@code #}, which also leads to itself: only those need to be looked for.
     */
    private static final class Reached {
        private final List<Node> nodes = new ArrayList<>(8);
        private @Nullable Set<Node> anys;

        void add(Node node) {
            if (node.isAny) {
                if (anys == null) {
                    anys = Collections.newSetFromMap(new IdentityHashMap<>(8));
                }
                if (!anys.add(node)) {
                    return;
                }
            }
            nodes.add(node);
            if (node.any != null) {
                add(node.any);
            }
        }
    }

    /** The words between the dots; an empty text has none, and a dot has one on each side. */
    static List<String> words(String text) {
        if (text.isEmpty()) {
            return List.of();
        }
        var words = new ArrayList<String>(4);
        int from = 0;
        for (int dot = text.indexOf('.'); dot >= 0; dot = text.indexOf('.', from)) {
            words.add(text.substring(from, dot));
            from = dot + 1;
        }
        words.add(text.substring(from));
        return words;
    }
}
