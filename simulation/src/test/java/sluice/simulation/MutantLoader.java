package sluice.simulation;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Loads all of Sluice afresh and patches some classes on the way, so that a broken Sluice and a
 * whole one live side by side. Assertions are on, but in the patched classes: it is the simulator
 * that must notice.
 */
final class MutantLoader extends ClassLoader {

    private final List<Patch> patches;
    private final Set<Patch> unapplied;

    MutantLoader(List<Patch> patches) {
        super(MutantLoader.class.getClassLoader());
        this.patches = patches;
        this.unapplied = new HashSet<>(patches);
        setPackageAssertionStatus("sluice", true);
        patches.forEach(patch -> setClassAssertionStatus(patch.type(), false));
    }

    /** Patches whose class was not loaded, or in which there was nothing to change. */
    Set<Patch> unapplied() {
        return unapplied;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith("sluice.")) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            if (loaded == null) {
                byte[] bytes = patched(name);
                loaded = defineClass(name, bytes, 0, bytes.length);
            }
            if (resolve) {
                resolveClass(loaded);
            }
            return loaded;
        }
    }

    private byte[] patched(String name) throws ClassNotFoundException {
        byte[] bytes = bytes(name);
        for (Patch patch : patches) {
            if (patch.type().equals(name)) {
                int[] applied = new int[1];
                var file =
                        ClassFile.of(
                                ClassFile.ClassHierarchyResolverOption.of(
                                        ClassHierarchyResolver.ofResourceParsing(getParent())));
                bytes = file.transformClass(file.parse(bytes), patch.transform(applied));
                if (applied[0] > 0) {
                    unapplied.remove(patch);
                }
            }
        }
        return bytes;
    }

    private byte[] bytes(String name) throws ClassNotFoundException {
        try (InputStream found =
                getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (found == null) {
                throw new ClassNotFoundException(name);
            }
            return found.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return "mutant of "
                + patches.stream().map(Patch::type).collect(Collectors.joining(" and "));
    }
}
