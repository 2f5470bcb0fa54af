package sluice.client.batch;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4FrameInputStream;
import net.jpountz.lz4.LZ4FrameOutputStream;
import net.jpountz.xxhash.XXHashFactory;
import org.xerial.snappy.SnappyInputStream;
import org.xerial.snappy.SnappyOutputStream;
import sluice.client.error.MissingLibraryException;
import sluice.client.record.Compression;

/**
 * The codecs by compression. Each names its library's classes in a class of its own, which is
 * loaded when it is first used, so that an application needs only the libraries it uses; nothing is
 * looked up by name.
 */
final class Codecs {

    private static final int GZIP_BUFFER_BYTES = 8 * 1024;
    private static final int SNAPPY_BLOCK_BYTES = 32 * 1024;

    private Codecs() {}

    /**
     * @throws IllegalArgumentException for {@link Compression#NONE}
     */
    static Codec of(Compression compression) {
        return switch (compression) {
            case NONE -> new Plain();
            case GZIP -> new Gzip();
            case SNAPPY ->
                    new Guarded("snappy", "org.xerial.snappy:snappy-java", SnappyHolder::codec);
            case LZ4 -> new Guarded("lz4", "at.yawk.lz4:lz4-java", Lz4Holder::codec);
            case ZSTD -> new Guarded("zstd", "com.github.luben:zstd-jni", ZstdHolder::codec);
        };
    }

    private interface CodecSource {
        Codec get();
    }

    /** Tells which library is missing, where the virtual machine only tells a class. */
    private record Guarded(String name, String artifact, CodecSource source) implements Codec {

        private interface Use<T> {
            T with(Codec codec) throws IOException;
        }

        @Override
        public void require() {
            try {
                guarded(codec -> {
                    codec.require();
                    return codec;
                });
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }

        @Override
        public OutputStream compress(OutputStream target) throws IOException {
            return guarded(codec -> codec.compress(target));
        }

        @Override
        public InputStream inflate(ByteBuffer compressed) throws IOException {
            return guarded(codec -> codec.inflate(compressed));
        }

        private <T> T guarded(Use<T> use) throws IOException {
            try {
                return use.with(source.get());
            } catch (NoClassDefFoundError | UnsatisfiedLinkError | ExceptionInInitializerError e) {
                throw new MissingLibraryException("compression " + name, artifact, e);
            }
        }
    }

    private static final class Plain implements Codec {
        @Override
        public void require() {}

        @Override
        public OutputStream compress(OutputStream target) {
            return target;
        }

        @Override
        public InputStream inflate(ByteBuffer compressed) {
            return new BufferInput(compressed);
        }
    }

    private static final class Gzip implements Codec {
        @Override
        public void require() {}

        @Override
        public OutputStream compress(OutputStream target) throws IOException {
            return new GZIPOutputStream(target, GZIP_BUFFER_BYTES);
        }

        @Override
        public InputStream inflate(ByteBuffer compressed) throws IOException {
            return new GZIPInputStream(new BufferInput(compressed), GZIP_BUFFER_BYTES);
        }
    }

    private static final class SnappyHolder {
        static Codec codec() {
            return new Codec() {
                @Override
                public void require() {
                    org.xerial.snappy.Snappy.maxCompressedLength(1);
                }

                @Override
                public OutputStream compress(OutputStream target) {
                    return new SnappyOutputStream(target, SNAPPY_BLOCK_BYTES);
                }

                @Override
                public InputStream inflate(ByteBuffer compressed) throws IOException {
                    SnappyFrames.check(compressed);
                    return new SnappyInputStream(new BufferInput(compressed));
                }
            };
        }
    }

    private static final class Lz4Holder {
        static Codec codec() {
            return new Codec() {
                @Override
                public void require() {
                    LZ4Factory.fastestInstance();
                    XXHashFactory.fastestInstance();
                }

                @Override
                public OutputStream compress(OutputStream target) throws IOException {
                    return new LZ4FrameOutputStream(
                            target,
                            LZ4FrameOutputStream.BLOCKSIZE.SIZE_64KB,
                            LZ4FrameOutputStream.FLG.Bits.BLOCK_INDEPENDENCE);
                }

                @Override
                public InputStream inflate(ByteBuffer compressed) throws IOException {
                    return new LZ4FrameInputStream(new BufferInput(compressed));
                }
            };
        }
    }

    private static final class ZstdHolder {
        static Codec codec() {
            return new Codec() {
                @Override
                public void require() {
                    com.github.luben.zstd.Zstd.defaultCompressionLevel();
                }

                @Override
                public OutputStream compress(OutputStream target) throws IOException {
                    return new ZstdOutputStreamNoFinalizer(target);
                }

                @Override
                public InputStream inflate(ByteBuffer compressed) throws IOException {
                    return new ZstdInputStreamNoFinalizer(new BufferInput(compressed));
                }
            };
        }
    }
}
