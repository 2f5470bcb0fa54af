package sluice.bench.inner;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import sluice.cli.http.Json;

/** That the pieces do what their names say, and how they are told. Nothing is timed here. */
class InnerPiecesTest {

    @Test
    void aBatchThatWasBuiltIsWholeAndGivesBackItsBytes() {
        var pieces = new BatchPieces();
        pieces.bytes = 4_096;
        pieces.recordBytes = 100;
        pieces.make();

        assertEquals(pieces.build().remaining(), pieces.check());
        assertEquals(4_000, pieces.read());
    }

    @Test
    void eachEntryIsCommittedByAllMembersBeforeTheNext() {
        var pieces = new WalPieces();
        pieces.bytes = 1_024;
        pieces.members = 3;
        pieces.open();

        for (long hwm = 1; hwm <= 100; hwm++) {
            assertEquals(hwm, pieces.appendToCommitted());
        }
    }

    @Test
    void everyOffsetIsFoundInItsObjectAndOneMoreObjectIsKnownAfterwards() {
        var pieces = new IndexPieces();
        pieces.partitions = 3;
        pieces.objects = 5;
        pieces.make();

        for (int i = 0; i < 15; i++) {
            assertTrue(pieces.findOffset().isPresent(), "asked " + i);
        }
        assertEquals(3, pieces.readFooter().extents().size());
        assertEquals(6, pieces.addObject().objectKeys().size());
    }

    @Test
    void whoeverIsDoneWithAMessageIsGivenTheNextOne() {
        var pieces = new DispatchPieces();
        pieces.sessions = 3;
        pieces.partitions = 2;
        pieces.open();

        for (long offset = 4; offset <= 100; offset++) {
            assertEquals(offset, pieces.acknowledgeAndReceive());
        }
    }

    @Test
    void aPatternChoosesPiecesByNameInAnyCase() {
        List<Class<?>> all = List.of(BatchPieces.class, WalPieces.class, IndexPieces.class);

        assertEquals(
                List.of("WalPieces.appendToCommitted", "WalPieces.crcAlone"),
                InnerPieces.matching(all, "wal"));
        assertEquals(List.of(), InnerPieces.matching(all, "dispatcher"));
        assertFalse(InnerPieces.matching(all, "").isEmpty());
    }

    @Test
    void aPieceThatSaysHowManyBytesItTakesHasARate() throws IOException {
        var timed =
                new InnerResult(
                        "BatchPieces.check", Map.of("bytes", "1048576"), 1_000_000, 5_000, 0);
        var untimed =
                new InnerResult("IndexPieces.findOffset", Map.of(), 25, Double.NaN, Double.NaN);

        assertEquals(OptionalDouble.of(1_000), timed.mibPerSecond());
        assertEquals(OptionalDouble.empty(), untimed.mibPerSecond());
        String table = InnerTable.render(List.of(timed, untimed));
        assertTrue(table.lines().anyMatch(line -> line.matches("BatchPieces.* 1,000 .*")), table);
        var json =
                Json.parse(
                        ByteBuffer.wrap(
                                InnerJson.render(List.of(timed, untimed))
                                        .getBytes(StandardCharsets.UTF_8)));
        assertEquals(2, json.list("pieces").size());
    }
}
