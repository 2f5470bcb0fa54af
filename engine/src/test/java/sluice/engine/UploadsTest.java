package sluice.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import sluice.metadata.WalRecord;
import sluice.uploader.SegmentPacker;

/** From which copy a sealed segment of the own wal becomes an object. */
class UploadsTest {

    private final WalWorld world = new WalWorld(71, 3);
    private final List<WalRecord.Segment> committed = new ArrayList<>();

    /** Segment 0 with 20 entries, sealed in the metadata. */
    private void sealedSegment() {
        world.open(world.ids(0, 1, 2), world.ids(0, 1, 2));
        world.append(20);
        world.roll(true, List.of());
    }

    private void damage(int place) {
        try {
            var place0 = world.place(place);
            place0.disk.flipBit(place0.segment(0), place0.disk.length(place0.segment(0)) / 2, 3);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void upload() {
        WalPlace owner = world.place(0);
        owner.lane()
                .execute(() -> {
                    var registry =
                            new WalRegistry(
                                    owner.lane(),
                                    owner.background(),
                                    world.store,
                                    world.record(),
                                    RecordRoom.DEFAULT,
                                    why -> {
                                        throw world.failure(why);
                                    });
                    new Uploads(
                                    owner.lane(),
                                    owner.background(),
                                    owner.disk,
                                    new CopyReader(owner.calls()),
                                    world.objects,
                                    new SegmentPacker(new SplittableRandom(1)),
                                    registry,
                                    new EngineMetrics(),
                                    2,
                                    (segment, _) -> committed.add(segment))
                            .sealed(registry.record().chain().getFirst());
                });
    }

    private void assertUploaded() {
        world.await("the upload", () -> !committed.isEmpty());
        WalRecord record = world.record().value();
        assertEquals(20, record.uploadedEnd());
        assertEquals(20, record.objects().getFirst().toEntry());
    }

    @Test
    void theOwnCopyIsRead() {
        sealedSegment();
        upload();

        assertUploaded();
        assertEquals(0, world.place(1).reads + world.place(2).reads);
    }

    @Test
    void aDamagedOwnCopyIsReplacedByAnotherMembers() {
        sealedSegment();
        damage(0);
        upload();

        assertUploaded();
        assertTrue(world.place(1).reads + world.place(2).reads > 0);
    }

    @Test
    void aDamagedCopyOfAnotherMemberIsPassedOverToo() {
        sealedSegment();
        damage(0);
        damage(1);
        upload();

        assertUploaded();
    }

    @Test
    void anOwnCopyThatHasGoneIsReplacedByAnotherMembers() throws IOException {
        sealedSegment();
        world.place(0).disk.delete(world.place(0).segment(0));
        upload();

        assertUploaded();
    }

    @Test
    void whileNoCopyIsWholeNothingIsCommitted() {
        sealedSegment();
        damage(0);
        damage(1);
        world.place(2).crash();
        upload();
        world.runFor(Duration.ofSeconds(50));
        assertEquals(List.of(), committed);

        world.place(2).restart();
        assertUploaded();
    }
}
