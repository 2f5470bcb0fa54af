package sluice.gateway.group;

import java.util.Optional;
import sluice.consumer.session.Chunk;
import sluice.gateway.consume.ValueFormat;

/**
 * A chunk as frames of JSON.
 *
 * @param from offset of the first record that is wanted
 */
record ChunkFrames(Chunk chunk, long from, ValueFormat format) implements StreamWriter.Rendering {

    @Override
    public StreamWriter.Rendered render() {
        RecordFrame frame = RecordFrame.of(chunk, from, format);
        return new StreamWriter.Rendered(
                frame.text(),
                frame.nextOffset() < chunk.nextOffset()
                        ? Optional.of(new ChunkFrames(chunk, frame.nextOffset(), format))
                        : Optional.empty());
    }
}
