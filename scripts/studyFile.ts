/** Studies as scripts name them. */
export { DEFAULT_STUDY, readStudyFile, studyPath } from "../worker/adapters/studyFile.ts";
