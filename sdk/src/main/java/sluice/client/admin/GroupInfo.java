package sluice.client.admin;

import java.time.Instant;
import java.util.List;

/**
 * A group.
 *
 * @param type {@code stream} or {@code queue}
 * @param topics names and patterns
 * @param delivery {@code at-least-once} or {@code at-most-once}; empty for a queue group
 */
public record GroupInfo(
        String name, String type, List<String> topics, String delivery, Instant createdAt) {

    public GroupInfo {
        topics = List.copyOf(topics);
    }
}
