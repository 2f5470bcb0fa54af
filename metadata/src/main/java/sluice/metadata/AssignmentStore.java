package sluice.metadata;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;
import sluice.metadata.ItemStore.Table;
import sluice.metadata.ItemStore.Written;

/**
 * The cluster's one assignment of slots to gateways. Errors as {@link Items}.
 *
 * <p>Item {@code assignment} of the table {@code cluster}:
 *
 * <pre>
 *   f        1
 *   leader   node UUID of who wrote it
 *   nodes    [node UUID, ...]
 *   targets  base64 of two bytes for each slot, big-endian: the index of its gateway in nodes
 * </pre>
 */
public final class AssignmentStore {

    private static final String KEY = "assignment";

    private final Items items;

    public AssignmentStore(Items items) {
        this.items = items;
    }

    public Optional<Versioned<AssignmentRecord>> get() {
        return items.get(Table.CLUSTER, KEY)
                .map(item -> new Versioned<>(decoded(item.body()), item.version()));
    }

    /**
     * @param expectedVersion 0 if there is none yet
     */
    public Written replace(AssignmentRecord assignment, long expectedVersion) {
        return items.write(Table.CLUSTER, KEY, expectedVersion, encoded(assignment));
    }

    private static String encoded(AssignmentRecord assignment) {
        var json = StoredJson.write().put("leader", assignment.leader().toString());
        ArrayNode nodes = json.putArray("nodes");
        assignment.nodes().forEach(node -> nodes.add(node.toString()));
        var targets = ByteBuffer.allocate(Short.BYTES * assignment.targets().size());
        assignment.targets().forEach(target -> targets.putShort((short) (int) target));
        json.put("targets", Base64.getEncoder().encodeToString(targets.array()));
        return json.toString();
    }

    private static AssignmentRecord decoded(String body) {
        var json = StoredJson.read(Table.CLUSTER, KEY, body);
        List<UUID> nodes = json.list("nodes", each -> each.uuidOf(each.asText()));
        try {
            var bytes = ByteBuffer.wrap(Base64.getDecoder().decode(json.text("targets")));
            var targets = new ArrayList<Integer>(bytes.remaining() / Short.BYTES);
            while (bytes.remaining() >= Short.BYTES) {
                targets.add(Short.toUnsignedInt(bytes.getShort()));
            }
            return new AssignmentRecord(json.uuid("leader"), nodes, targets);
        } catch (IllegalArgumentException e) {
            throw new SluiceException(
                    Kind.DATA,
                    "metadata-item-unreadable",
                    "the assignment of slots cannot be read: "
                            + e.getMessage()
                            + "; delete the item cluster/assignment, gateways write it anew",
                    e);
        }
    }
}
