package sluice.cli.consume;

/** Told what a person should know, while the command goes on. */
public interface Warnings {
    void warn(String text);
}
