"""How a program of these ends that keeps a folder and finds problems."""
import os
import shutil
import tempfile

from outside.plimsoll import CommandFailed


def judged(run, arguments, prefix):
    """Runs in the folder of --keep, or in one that goes; prints each problem, and their number. The status to exit with."""
    folder = os.path.abspath(arguments.keep or tempfile.mkdtemp(prefix=prefix))
    os.makedirs(folder, exist_ok=True)
    try:
        problems = run(arguments, folder)
    except CommandFailed as error:
        problems = [str(error)]
    finally:
        if not arguments.keep:
            shutil.rmtree(folder, ignore_errors=True)
    for problem in problems:
        print(problem)
    print(f"{len(problems)} problems")
    return 1 if problems else 0
