package sluice.consumer.group;

/**
 * A consumer group's name, unique in its namespace.
 *
 * @param namespace tenant, {@code default} unless named
 */
public record GroupName(String namespace, String name) {

    @Override
    public String toString() {
        return namespace + '/' + name;
    }
}
