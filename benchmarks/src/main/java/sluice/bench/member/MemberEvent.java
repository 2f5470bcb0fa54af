package sluice.bench.member;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a member did, or what was done to it. Times are of {@link System#nanoTime}, which is one
 * clock for all processes of a machine; of the first kind each is a line of the process's output:
 *
 * <pre>
 *   ready       NS
 *   assigned    NS PARTITION...
 *   returned    NS PARTITION...
 *   lost        NS PARTITION...
 *   handled     NS PARTITION OFFSET:KEY:NUMBER...
 *   committed   NS PARTITION:OFFSET...
 *   holding     NS PARTITION:OFFSET...
 *   zombie      NS ANSWER
 *   left        NS
 *   failed      NS TEXT
 * </pre>
 */
public sealed interface MemberEvent {

    long atNs();

    /** It can join. */
    record Ready(long atNs) implements MemberEvent {}

    record Assigned(long atNs, List<Integer> partitions) implements MemberEvent {
        public Assigned {
            partitions = List.copyOf(partitions);
        }
    }

    /** Nothing more of these is handled: others have them once what was is committed. */
    record Returned(long atNs, List<Integer> partitions) implements MemberEvent {
        public Returned {
            partitions = List.copyOf(partitions);
        }
    }

    /** These were taken from it. */
    record Lost(long atNs, List<Integer> partitions) implements MemberEvent {
        public Lost {
            partitions = List.copyOf(partitions);
        }
    }

    record Handled(long atNs, int partition, List<Item> items) implements MemberEvent {
        public Handled {
            items = List.copyOf(items);
        }
    }

    /** A record: where it stands, and which one of its key's it is. */
    record Item(long offset, String key, long number) {}

    /** A commit was answered with yes. */
    record Committed(long atNs, Map<Integer, Long> offsets) implements MemberEvent {
        public Committed {
            offsets = Map.copyOf(offsets);
        }
    }

    /** It has handled these, not committed them, and waits to be stopped. */
    record Holding(long atNs, Map<Integer, Long> offsets) implements MemberEvent {
        public Holding {
            offsets = Map.copyOf(offsets);
        }
    }

    /**
     * After it was stopped for too long it tried to commit.
     *
     * @param refusal empty if the commit was accepted
     */
    record Zombie(long atNs, String refusal) implements MemberEvent {}

    /** It handles nothing more, and says so to the group. */
    record Left(long atNs) implements MemberEvent {}

    /** Its client failed; it goes on if it can. */
    record Failed(long atNs, String what) implements MemberEvent {}

    /** It was told to join. */
    record Joining(long atNs) implements MemberEvent {}

    /** By SIGKILL. */
    record Killed(long atNs) implements MemberEvent {}

    /** By SIGSTOP. */
    record Stopped(long atNs) implements MemberEvent {}

    /** By SIGCONT. */
    record Woken(long atNs) implements MemberEvent {}

    /** The line of an event of the first kind. */
    default String line() {
        return switch (this) {
            case Ready(long ns) -> "ready " + ns;
            case Assigned(long ns, var partitions) -> "assigned " + ns + numbers(partitions);
            case Returned(long ns, var partitions) -> "returned " + ns + numbers(partitions);
            case Lost(long ns, var partitions) -> "lost " + ns + numbers(partitions);
            case Handled(long ns, int partition, var items) ->
                    "handled " + ns + " " + partition + items(items);
            case Committed(long ns, var offsets) -> "committed " + ns + pairs(offsets);
            case Holding(long ns, var offsets) -> "holding " + ns + pairs(offsets);
            case Zombie(long ns, String refusal) -> "zombie " + ns + " " + oneLine(refusal);
            case Left(long ns) -> "left " + ns;
            case Failed(long ns, String what) -> "failed " + ns + " " + oneLine(what);
            case Joining _, Killed _, Stopped _, Woken _ ->
                    throw new IllegalStateException("no process tells of this: " + this);
        };
    }

    /**
     * @throws IllegalArgumentException if it is no such line, or only a part of one
     */
    static MemberEvent parse(String line) {
        String[] words = line.split(" ", -1);
        if (words.length < 2) {
            throw new IllegalArgumentException("no event of a member: \"" + line + "\"");
        }
        long ns = Long.parseLong(words[1]);
        List<String> rest = List.of(words).subList(2, words.length);
        return switch (words[0]) {
            case "ready" -> new Ready(ns);
            case "assigned" -> new Assigned(ns, rest.stream().map(Integer::valueOf).toList());
            case "returned" -> new Returned(ns, rest.stream().map(Integer::valueOf).toList());
            case "lost" -> new Lost(ns, rest.stream().map(Integer::valueOf).toList());
            case "handled" -> handled(ns, rest);
            case "committed" -> new Committed(ns, offsets(rest));
            case "holding" -> new Holding(ns, offsets(rest));
            case "zombie" -> new Zombie(ns, String.join(" ", rest));
            case "left" -> new Left(ns);
            case "failed" -> new Failed(ns, String.join(" ", rest));
            default -> throw new IllegalArgumentException("no event of a member: " + line);
        };
    }

    private static Handled handled(long ns, List<String> words) {
        var items = new ArrayList<Item>();
        for (String word : words.subList(1, words.size())) {
            String[] parts = word.split(":", -1);
            items.add(new Item(Long.parseLong(parts[0]), parts[1], Long.parseLong(parts[2])));
        }
        return new Handled(ns, Integer.parseInt(words.getFirst()), items);
    }

    private static Map<Integer, Long> offsets(List<String> words) {
        var offsets = new TreeMap<Integer, Long>();
        for (String word : words) {
            int colon = word.indexOf(':');
            offsets.put(
                    Integer.valueOf(word.substring(0, colon)),
                    Long.valueOf(word.substring(colon + 1)));
        }
        return offsets;
    }

    private static String numbers(List<Integer> partitions) {
        return partitions.stream().map(each -> " " + each).collect(Collectors.joining());
    }

    private static String pairs(Map<Integer, Long> offsets) {
        return offsets.entrySet().stream()
                .map(each -> " " + each.getKey() + ":" + each.getValue())
                .collect(Collectors.joining());
    }

    private static String items(List<Item> items) {
        return items.stream()
                .map(each -> " " + each.offset() + ":" + each.key() + ":" + each.number())
                .collect(Collectors.joining());
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\s+", " ").strip();
    }
}
