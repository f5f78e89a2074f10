// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {BitMaps} from "@openzeppelin/contracts/utils/structs/BitMaps.sol";
import {Profile} from "./generated/Profile.sol";
import {Dataset, IHospitalRegistry, ShareKey} from "./interfaces/IHospitalRegistry.sol";
import {IModelRegistry, StudyParameters} from "./interfaces/IModelRegistry.sol";
import {Admissions} from "./libraries/Admissions.sol";
import {BabyJubJub} from "./libraries/BabyJubJub.sol";

/// @title HospitalRegistry
contract HospitalRegistry is IHospitalRegistry, Ownable2Step {
    using BitMaps for BitMaps.BitMap;

    /// @param admission Number of the hospital's admission; 0 for an address that is no hospital
    struct Account {
        uint64 admission;
        bool barred;
        bool member;
    }

    /// @notice Where the studies' batch sizes and tree depths come from.
    IModelRegistry public immutable MODEL_REGISTRY;

    /// @notice The only contract that may bar hospitals; zero until set.
    address public roundManager;

    mapping(address account => Account) private _accounts;
    mapping(address member => ShareKey) private _shareKeys;
    /// @dev By keccak256(abi.encode(x, y)).
    mapping(bytes32 keyHash => address member) private _keyHolders;
    /// @dev Admissions are numbered from 1; a removed hospital's number is given to nobody again.
    uint64 private _lastAdmission;
    /// @dev The numbers of the hospitals admitted now.
    BitMaps.BitMap private _admitted;
    mapping(uint256 studyId => mapping(uint256 admission => Dataset)) private _datasets;
    /// @dev Admissions with a data set in the study, ended ones too.
    mapping(uint256 studyId => BitMaps.BitMap) private _committed;
    /// @dev Those of them that committed in this block.
    mapping(uint256 studyId => mapping(uint256 blockNumber => BitMaps.BitMap)) private _committedIn;

    constructor(address owner, IModelRegistry modelRegistry) Ownable(owner) {
        if (address(modelRegistry) == address(0)) revert HospitalRegistry__ZeroAddress();
        MODEL_REGISTRY = modelRegistry;
    }

    /// @inheritdoc IHospitalRegistry
    function setRoundManager(address manager) external onlyOwner {
        if (manager == address(0)) revert HospitalRegistry__ZeroAddress();
        if (roundManager != address(0)) revert HospitalRegistry__RoundManagerAlreadySet(roundManager);
        roundManager = manager;
        emit RoundManagerSet(manager);
    }

    /// @inheritdoc IHospitalRegistry
    function admitHospital(address hospital) external onlyOwner {
        if (_accounts[hospital].barred) revert HospitalRegistry__Barred(hospital);
        _admitHospital(hospital);
    }

    /// @inheritdoc IHospitalRegistry
    function readmitHospital(address hospital) external onlyOwner {
        if (!_accounts[hospital].barred) revert HospitalRegistry__NotBarred(hospital);
        _accounts[hospital].barred = false;
        emit HospitalBarLifted(hospital);
        _admitHospital(hospital);
    }

    /// @inheritdoc IHospitalRegistry
    function removeHospital(address hospital) external onlyOwner {
        if (!isHospital(hospital)) revert HospitalRegistry__NotHospital(hospital);
        _removeHospital(hospital);
    }

    /// @inheritdoc IHospitalRegistry
    function barHospital(address hospital) external {
        if (msg.sender != roundManager) revert HospitalRegistry__NotRoundManager(msg.sender);
        if (isHospital(hospital)) _removeHospital(hospital);
        _accounts[hospital].barred = true;
        emit HospitalBarred(hospital);
    }

    /// @inheritdoc IHospitalRegistry
    function admitMember(address member) external onlyOwner {
        if (member == address(0)) revert HospitalRegistry__ZeroAddress();
        if (_accounts[member].member) revert HospitalRegistry__AlreadyMember(member);
        _accounts[member].member = true;
        emit MemberAdmitted(member);
    }

    /// @inheritdoc IHospitalRegistry
    function removeMember(address member) external onlyOwner {
        if (!_accounts[member].member) revert HospitalRegistry__NotMember(member);
        _accounts[member].member = false;
        _freeShareKey(member);
        emit MemberRemoved(member);
    }

    /// @inheritdoc IHospitalRegistry
    function registerShareKey(uint256 x, uint256 y, uint256 qx, uint256 qy) external {
        if (!_accounts[msg.sender].member) revert HospitalRegistry__NotMember(msg.sender);
        if (x >= Profile.FIELD_ORDER) revert HospitalRegistry__NotFieldElement(x);
        if (y >= Profile.FIELD_ORDER) revert HospitalRegistry__NotFieldElement(y);
        if (x == 0 && y == 1) revert HospitalRegistry__KeyIsIdentity();
        if (!BabyJubJub.isOnCurve(qx, qy)) revert HospitalRegistry__PointNotOnCurve(qx, qy);
        if (!BabyJubJub.isEightTimes(qx, qy, x, y)) revert HospitalRegistry__KeyNotEightQ(x, y);
        bytes32 keyHash = keccak256(abi.encode(x, y));
        address holder = _keyHolders[keyHash];
        if (holder != address(0) && holder != msg.sender) revert HospitalRegistry__ShareKeyTaken(holder, x, y);
        _freeShareKey(msg.sender);
        _keyHolders[keyHash] = msg.sender;
        _shareKeys[msg.sender] = ShareKey({x: x, y: y});
        emit ShareKeyRegistered(msg.sender, x, y);
    }

    /// @inheritdoc IHospitalRegistry
    function commitDataset(uint256 studyId, uint256 root, uint32 sampleCount, uint32 batchCount) external {
        uint256 admission = _accounts[msg.sender].admission;
        if (admission == 0) revert HospitalRegistry__NotHospital(msg.sender);
        if (root >= Profile.FIELD_ORDER) revert HospitalRegistry__NotFieldElement(root);
        _requireSizes(MODEL_REGISTRY.parametersOf(studyId), sampleCount, batchCount);

        uint64 registeredAt = uint64(block.number);
        _committed[studyId].set(admission);
        _committedIn[studyId][block.number].set(admission);
        _datasets[studyId][admission] = Dataset({
            root: root,
            sampleCount: sampleCount,
            batchCount: batchCount,
            registeredAt: registeredAt
        });
        emit DatasetCommitted(studyId, msg.sender, root, sampleCount, batchCount, registeredAt);
    }

    /// @inheritdoc IHospitalRegistry
    function isHospital(address account) public view returns (bool) {
        return _accounts[account].admission != 0;
    }

    /// @inheritdoc IHospitalRegistry
    function isBarred(address account) external view returns (bool) {
        return _accounts[account].barred;
    }

    /// @inheritdoc IHospitalRegistry
    function isMember(address account) external view returns (bool) {
        return _accounts[account].member;
    }

    /// @inheritdoc IHospitalRegistry
    function shareKeyOf(address member) external view returns (ShareKey memory) {
        return _shareKeys[member];
    }

    /// @inheritdoc IHospitalRegistry
    function datasetOf(uint256 studyId, address hospital) external view returns (Dataset memory) {
        // Nobody commits under the number 0, which an address that is no hospital has.
        return _datasets[studyId][_accounts[hospital].admission];
    }

    /// @inheritdoc IHospitalRegistry
    function committedHospitals(uint256 studyId) public view returns (uint256) {
        return Admissions.countIn(_committed[studyId], _admitted, _lastAdmission);
    }

    /// @inheritdoc IHospitalRegistry
    function eligibleHospitals(uint256 studyId) external view returns (uint256) {
        uint256 ofThisBlock = Admissions.countIn(_committedIn[studyId][block.number], _admitted, _lastAdmission);
        return committedHospitals(studyId) - ofThisBlock;
    }

    function _admitHospital(address hospital) private {
        if (hospital == address(0)) revert HospitalRegistry__ZeroAddress();
        if (isHospital(hospital)) revert HospitalRegistry__AlreadyHospital(hospital);
        uint64 admission = ++_lastAdmission;
        _accounts[hospital].admission = admission;
        _admitted.set(admission);
        emit HospitalAdmitted(hospital);
    }

    /// @dev Ends its data sets in all studies with it.
    function _removeHospital(address hospital) private {
        _admitted.unset(_accounts[hospital].admission);
        _accounts[hospital].admission = 0;
        emit HospitalRemoved(hospital);
    }

    /// @dev A member without a key frees the hash of (0, 0), which nobody holds.
    function _freeShareKey(address member) private {
        ShareKey memory key = _shareKeys[member];
        delete _keyHolders[keccak256(abi.encode(key.x, key.y))];
        delete _shareKeys[member];
    }

    function _requireSizes(StudyParameters memory study, uint256 sampleCount, uint256 batchCount) private pure {
        uint256 mostBatches = 1 << study.datasetDepth;
        if (batchCount == 0 || batchCount > mostBatches) {
            revert HospitalRegistry__BatchCount(batchCount, mostBatches);
        }
        uint256 required = batchCount * study.batchSize;
        if (sampleCount != required) revert HospitalRegistry__SampleCount(sampleCount, required);
        if (sampleCount < study.minSamples) revert HospitalRegistry__TooFewSamples(sampleCount, study.minSamples);
        if (batchCount < study.minBatches) revert HospitalRegistry__TooFewBatches(batchCount, study.minBatches);
        if (sampleCount > Profile.MAX_SAMPLE_SUM) {
            revert HospitalRegistry__TooManySamples(sampleCount, Profile.MAX_SAMPLE_SUM);
        }
    }
}
