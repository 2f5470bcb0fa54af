package sluice.log.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.log.SluiceException;
import sluice.log.wal.SegmentCopy.Extent;
import sluice.log.wal.memory.MemoryWalDisk;

class SegmentCopyTest {

    private static final SegmentId SEGMENT = new SegmentId(new UUID(7, 7), 3);
    private static final long START = 40;
    private static final long START_HASH = 0x1234;
    private static final int MIB = 1024 * 1024;

    private final MemoryWalDisk disk = new MemoryWalDisk(new UUID(1, 1), Runnable::run);
    private final EntryChain chain = new EntryChain(START, START_HASH);
    private final List<ByteBuffer> written = new ArrayList<>();

    private void create() throws IOException {
        disk.create(SEGMENT, new SegmentHeader(SEGMENT, START, START_HASH, 1).encode());
    }

    private void write(ByteBuffer entry) throws IOException {
        written.add(entry.duplicate());
        disk.write(SEGMENT, disk.length(SEGMENT), entry);
    }

    private Extent scan() throws IOException {
        return SegmentCopy.scan(disk, SEGMENT).orElseThrow();
    }

    private List<ByteBuffer> read(long end) throws IOException {
        List<ByteBuffer> entries = new ArrayList<>();
        SegmentCopy.read(
                disk,
                SEGMENT,
                end,
                (source, at, position) -> {
                    ByteBuffer there = ByteBuffer.allocate(WalEntry.length(source, at));
                    try {
                        disk.read(SEGMENT, position, there);
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                    ByteBuffer entry = source.slice(at, WalEntry.length(source, at));
                    assertEquals(there.flip(), entry, "position=" + position);
                    entries.add(entry);
                });
        return entries;
    }

    @Test
    void withoutAFileThereIsNothing() throws IOException {
        assertEquals(Optional.empty(), SegmentCopy.scan(disk, SEGMENT));
    }

    @Test
    void aCopyWithoutEntriesEndsWhereItStarts() throws IOException {
        create();

        assertEquals(
                new Extent(
                        new SegmentHeader(SEGMENT, START, START_HASH, 1),
                        START,
                        SegmentHeader.BYTES,
                        START_HASH,
                        START,
                        false),
                scan());
        assertEquals(List.of(), read(START));
    }

    @Test
    void entriesOfEverySizeAreFoundAcrossTheReadersChunks() throws IOException {
        create();
        int[] sizes = {0, 1, MIB - 200, 100, MIB, 3 * MIB, 0, MIB - 72, 5, MIB - 71, 0};
        for (int size : sizes) {
            write(chain.entry(ByteBuffer.allocate(size)));
        }

        Extent extent = scan();
        assertEquals(START + sizes.length, extent.end());
        assertEquals(chain.hash(), extent.endHash());
        assertEquals(disk.length(SEGMENT), extent.endPosition());
        assertFalse(extent.damaged());
        assertEquals(written, read(START + sizes.length));
    }

    @Test
    void aReadStopsAtTheEndThatWasAskedFor() throws IOException {
        create();
        for (int i = 0; i < 5; i++) {
            write(chain.entry("entry " + i));
        }

        for (int count = 0; count <= 5; count++) {
            assertEquals(written.subList(0, count), read(START + count));
        }
    }

    @Test
    void aReadBeyondTheEndOrThroughDamageIsRefused() throws IOException {
        create();
        write(chain.entry("a"));
        write(chain.entry("b"));
        assertCorrupt("corrupt-entry", () -> read(START + 3));

        disk.flipBit(SEGMENT, disk.length(SEGMENT) - 1, 0);
        assertEquals(1, read(START + 1).size());
        assertCorrupt("corrupt-entry", () -> read(START + 2));
    }

    @Test
    void anEntryFromAnotherPlaceIsNotTheNextOne() throws IOException {
        create();
        write(chain.entry("a"));
        var other = new EntryChain(START + 1, chain.hash() + 1);
        write(other.entry("misdirected"));
        assertEquals(START + 1, scan().end());

        disk.truncate(SEGMENT, disk.length(SEGMENT) - 83);
        write(new EntryChain(START + 2, chain.hash()).entry("misdirected"));
        assertEquals(START + 1, scan().end());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 100, MIB, MIB + 1, 3 * MIB})
    void aDamagedPlaceIsToldFromATornTailByTheEntriesBehindIt(int bytesBetween) throws IOException {
        create();
        write(chain.entry("damaged"));
        write(chain.entry(ByteBuffer.allocate(bytesBetween)));
        write(chain.hwm(START + 1).entry(ByteBuffer.allocate(0)));
        disk.flipBit(SEGMENT, SegmentHeader.BYTES + 50, 0);

        Extent extent = scan();
        assertEquals(START, extent.end());
        assertTrue(extent.damaged());
    }

    @Test
    void entriesBehindThatSayNothingOfTheDamagedPlaceMakeItATornTail() throws IOException {
        create();
        write(chain.entry("damaged"));
        write(chain.entry("b"));
        write(chain.hwm(START).entry("c"));
        disk.flipBit(SEGMENT, SegmentHeader.BYTES + 50, 0);

        assertFalse(scan().damaged());
    }

    @Test
    void aZeroedPageInTheMiddleIsDamage() throws IOException {
        create();
        for (int i = 0; i < 300; i++) {
            write(chain.hwm(START + i).entry("entry " + i));
        }
        disk.corrupt(SEGMENT, 8192, new byte[4096]);

        assertTrue(scan().damaged());
    }

    @Test
    void aTailOfZeroesIsTorn() throws IOException {
        create();
        write(chain.entry("a"));
        disk.write(SEGMENT, disk.length(SEGMENT), ByteBuffer.allocate(10_000));

        Extent extent = scan();
        assertEquals(START + 1, extent.end());
        assertFalse(extent.damaged());
        assertEquals(disk.length(SEGMENT) - 10_000, extent.endPosition());
    }

    @Test
    void aHeaderThatIsNotOursIsRefused() throws IOException {
        create();
        disk.flipBit(SEGMENT, 40, 0);
        assertCorrupt("corrupt-segment-header", this::scan);

        var misplaced = new SegmentId(SEGMENT.wal(), 4);
        disk.create(misplaced, new SegmentHeader(SEGMENT, START, START_HASH, 1).encode());
        assertCorrupt("corrupt-segment-header", () -> SegmentCopy.scan(disk, misplaced));
    }

    private interface Reading {
        Object read() throws IOException;
    }

    private static void assertCorrupt(String code, Reading reading) {
        var refused = assertThrows(SluiceException.class, reading::read);
        assertEquals(SluiceException.Kind.DATA, refused.kind());
        assertEquals(code, refused.code());
    }
}
