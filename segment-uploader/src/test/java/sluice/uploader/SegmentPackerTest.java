package sluice.uploader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import sluice.log.PartitionId;
import sluice.log.object.Extent;
import sluice.log.object.SegmentFooter;
import sluice.metadata.WalRecord.WalObject;
import sluice.uploader.memory.MemoryObjectStore;

class SegmentPackerTest {

    private static final PartitionId A = new PartitionId(7, 0);
    private static final PartitionId B = new PartitionId(8, 0);

    private final MemoryObjectStore store = new MemoryObjectStore();
    private final UploadedWal wal = new UploadedWal(store, 1);

    @Test
    void aSegmentBecomesOneObjectForEachRetentionClassInIt() {
        wal.at(30).append(RetentionClass.FOREVER, 1, A, 5);
        wal.at(40).append(RetentionClass.ONE_DAY, 1, B, 5);
        wal.at(50).append(RetentionClass.ONE_DAY, 1, B, 5);

        List<WalObject> objects = wal.upload();

        assertEquals(2, objects.size());
        assertTrue(objects.get(0).key().startsWith("data/1d/"), objects.get(0).key());
        assertTrue(objects.get(1).key().startsWith("data/forever/"), objects.get(1).key());
        assertEquals(List.of("1d", "forever"), objects.stream().map(this::labelOf).toList());
        assertEquals(List.of(40L, 30L), objects.stream().map(WalObject::appendedFromMs).toList());
    }

    @Test
    void whatIsCommittedDescribesTheObject() {
        wal.append(1, A, 5, 6);
        wal.append(1, A, 7);
        WalObject object = wal.upload().getFirst();

        SegmentFooter footer = footer(object);

        assertEquals(
                List.of(new ObjectStore.Found(object.key(), object.lengthBytes())),
                store.list("data/", "", 10));
        assertEquals(wal.wal, footer.wal());
        assertEquals("7d", footer.retentionClass());
        assertEquals(0, footer.fromEntry());
        assertEquals(2, footer.toEntry());
        assertEquals(List.of(3L), footer.extents().stream().map(Extent::nextOffset).toList());
    }

    @Test
    void aSegmentWithoutRecordsBecomesNoObject() {
        assertEquals(List.of(), wal.upload());
    }

    @Test
    void keysAreSpreadAndNeverTheSame() {
        var random = new Random(1);
        var id = new UUID(1, 2);

        String one = ObjectKeys.segment(RetentionClass.THIRTY_DAYS, id, 4, random);
        String other = ObjectKeys.segment(RetentionClass.THIRTY_DAYS, id, 4, random);

        assertTrue(one.matches("data/30d/[0-9a-f]{4}/" + id + "-4-[0-9a-f]{16}\\.seg"), one);
        assertNotEquals(one, other);
        assertNotEquals(one.substring(0, 14), other.substring(0, 14));
    }

    private String labelOf(WalObject object) {
        return footer(object).retentionClass();
    }

    private SegmentFooter footer(WalObject object) {
        int length = (int) (object.lengthBytes() - object.footerAt());
        ByteBuffer bytes = store.read(object.key(), object.footerAt(), length);
        return SegmentFooter.read(bytes, object.footerCrc());
    }
}
